// Package record is the form of what the benchmarks measure: a line of JSON for
// each measurement, the same from Go and from Python.
package record

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// A Line is one measurement. A field that does not apply to a work is left out;
// figures that a peer cannot give are null.
type Line struct {
	Work    string `json:"work"` // W1 … W7, fit
	Peer    string `json:"peer"` // adjoint, gorgonia, numpy, torch, …
	Dtype   string `json:"dtype"`
	Threads int    `json:"threads"`
	Library string `json:"library,omitempty"` // of the peer, with its version

	Layers   int    `json:"layers,omitempty"`   // W5
	Net      string `json:"net,omitempty"`      // W6: 10-32-8-1
	M        int    `json:"m,omitempty"`        // W7: an m×k matrix times a k×n one
	N        int    `json:"n,omitempty"`        //
	K        int    `json:"k,omitempty"`        //
	Product  string `json:"product,omitempty"`  // W7: what the product is in training
	Examples int    `json:"examples,omitempty"` // fit
	Features int    `json:"features,omitempty"` // fit

	MsPerStep     float64  `json:"ms_per_step"` // median of the blocks of a run
	StepsPerS     float64  `json:"steps_per_s"`
	AllocsPerStep *float64 `json:"allocs_per_step"`
	PeakRSSMB     float64  `json:"peak_rss_mb"`
	FinalLoss     *float64 `json:"final_loss"`

	Ranks      int     `json:"ranks,omitempty"`       // W14: the processes that share a step
	Parts      int     `json:"parts,omitempty"`       // W14: into which a batch is cut; 0 for none
	WaitMs     float64 `json:"wait_ms,omitempty"`     // W14: of a step, until all ranks have their gradients
	ExchangeMs float64 `json:"exchange_ms,omitempty"` // W14: of a step, for gradients on their way
	Bytes      int     `json:"bytes,omitempty"`       // W15: that two ranks send each other

	BuildMs    float64  `json:"build_ms,omitempty"`    // W5: build, gradient, compile
	UsPerCall  float64  `json:"us_per_call,omitempty"` // W6, W15
	Output     *float64 `json:"output,omitempty"`      // W6: the first entry of the answer
	GFLOPS     float64  `json:"gflops,omitempty"`      // W7: 10⁹ floating-point operations a second
	Iterations int      `json:"iterations,omitempty"`  // fit

	// GradientNorm is ‖∇J‖ where a fit ends, J being the mean loss and λ/(2N)·Σw².
	GradientNorm float64 `json:"gradient_norm,omitempty"`

	Missing string `json:"missing,omitempty"` // why there are no figures
	Machine string `json:"machine,omitempty"` // where they are from, and of which day
}

// Case names what was measured, without the peer: "W5, 100 layers".
func (l *Line) Case() string {
	switch {
	case l.Layers > 0:
		return fmt.Sprintf("%s, %d layers", l.Work, l.Layers)
	case l.Net != "":
		return l.Work + ", " + l.Net
	case l.Product != "":
		return fmt.Sprintf("%s, %s: %d×%d·%d×%d", l.Work, l.Product, l.M, l.K, l.K, l.N)
	case l.N > 0:
		return fmt.Sprintf("%s, %d³", l.Work, l.N)
	case l.Examples > 0:
		return fmt.Sprintf("%s, N=%d n=%d", l.Work, l.Examples, l.Features)
	}
	return l.Work
}

// Write writes a line.
func (l *Line) Write(w io.Writer) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// Read reads all lines. What is no such line is an error that says where.
func Read(r io.Reader) ([]Line, error) {
	var lines []Line
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		var l Line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("line %d: %w: %q", n, err, s.Text())
		}
		if l.Work == "" || l.Peer == "" {
			return nil, fmt.Errorf("line %d: no work or no peer: %q", n, s.Text())
		}
		lines = append(lines, l)
	}
	return lines, s.Err()
}
