// Command forty reads the networks of a list, runs them on random inputs and compares the
// outputs with ONNX Runtime's.
//
//	forty MODELS LIST NODE_MODULES [-time DURATION] [-only NAME]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"adjoint/graph"
	"adjoint/onnx"

	"gorgonia.org/tensor"
)

// tolerance is how far outputs may be apart, relative to the largest of an output.
const tolerance = 1e-5

func main() {
	log.SetFlags(0)
	folder, list, modules := os.Args[1], os.Args[2], os.Args[3]
	flags := flag.NewFlagSet("forty", flag.ExitOnError)
	each := flags.Duration("time", 0, "how long to run each network for the table of times")
	only := flags.String("only", "", "the name of one network")
	if err := flags.Parse(os.Args[4:]); err != nil { // which exits
		log.Fatal(err)
	}
	graph.SetThreads(1)
	var cases []*run
	for _, name := range names(list) {
		if *only == "" || *only == name {
			for _, n := range []int{1, 7} {
				cases = append(cases, prepare(folder, name, n, *each))
			}
		}
	}
	if err := runtime(modules, cases); err != nil {
		log.Fatal(err)
	}
	report(cases)
}

// names are those of the list.
func names(list string) []string {
	text, err := os.ReadFile(list)
	if err != nil {
		log.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] != "#" && !strings.HasPrefix(line, "#") {
			names = append(names, f[0])
		}
	}
	return names
}

// A run is a network with inputs.
type run struct {
	Model        string           `json:"model"`
	Inputs       map[string]array `json:"inputs"`
	Milliseconds float64          `json:"milliseconds"`

	name    string
	n       int
	err     error
	outputs []array
	exact   []array // the same in float64
	names   []string
	cold    time.Duration
	times   []time.Duration
	peer    result
}

type array struct {
	Type string `json:"type"`
	Dims []int  `json:"dims"`
	Data any    `json:"data"`
}

type result struct {
	Error             string  `json:"error"`
	Outputs           []array `json:"outputs"`
	Cold, Median, P99 float64
}

// prepare reads a network, draws its inputs and runs it.
func prepare(folder, name string, n int, each time.Duration) *run {
	c := &run{Model: filepath.Join(folder, name+".onnx"), Inputs: map[string]array{}, name: name, n: n, Milliseconds: float64(each.Milliseconds())}
	begin := time.Now()
	f, err := onnx.ReadFile(c.Model, options(name))
	if err != nil {
		c.err = err
		return c
	}
	s, err := f.Session()
	if err != nil {
		c.err = err
		return c
	}
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	in := map[string]onnx.Array{}
	for _, p := range f.Inputs {
		a := draw(rng, p, name, n)
		in[p.Name] = a
		c.Inputs[p.Name] = array{p.Type, a.Dims, a.Data}
	}
	for input, v := range options(name).Fixed {
		c.Inputs[input] = array{"int64", []int{}, []int64{int64(v.ScalarValue().(float64))}}
	}
	out, err := s.Run(in)
	c.cold = time.Since(begin)
	if err != nil {
		c.err = err
		return c
	}
	for i, p := range f.Outputs {
		c.outputs = append(c.outputs, array{p.Type, out[i].Dims, out[i].Data})
		c.names = append(c.names, p.Name)
	}
	c.exact = inFloat64(c.Model, options(name), in)
	for end := time.Now().Add(each); time.Now().Before(end); {
		begin := time.Now()
		if _, err := s.Run(in); err != nil {
			c.err = err
		}
		c.times = append(c.times, time.Since(begin))
	}
	slices.Sort(c.times)
	return c
}

// options are what some networks need to be told.
func options(name string) onnx.ReadOptions {
	switch name {
	case "silero-vad":
		return onnx.ReadOptions{
			Dims:  map[string]int{"sequence": 512},
			Fixed: map[string]*tensor.Dense{"sr": tensor.New(tensor.FromScalar(16000.0))},
		}
	case "ocr-detect": // it adds what was halved five times and doubled again to what was not
		return onnx.ReadOptions{Dims: map[string]int{"p2o.DynamicDimension.1": 64, "p2o.DynamicDimension.2": 96}}
	case "melspectrogram":
		return onnx.ReadOptions{Dims: map[string]int{"samples": 1760}}
	}
	return onnx.ReadOptions{}
}

// draw returns random entries: of integers, small ones.
func draw(rng *rand.Rand, p onnx.Port, name string, n int) onnx.Array {
	a := onnx.Array{}
	size := 1
	for _, d := range p.Dims {
		switch {
		case d == graph.Batch:
			d = n
		case graph.Symbolic(d):
			d = length(name)
		}
		a.Dims = append(a.Dims, d)
		size *= d
	}
	if a.Dims == nil {
		a.Dims = []int{}
	}
	switch p.Type {
	case "float32":
		v := make([]float32, size)
		for i := range v {
			if v[i] = float32(rng.NormFloat64()); strings.HasPrefix(name, "ocr") { // which takes images
				v[i] = 2*rng.Float32() - 1
			}
		}
		a.Data = v
	case "float64":
		v := make([]float64, size)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		a.Data = v
	default:
		v := make([]int64, size)
		for i := range v {
			v[i] = rng.Int64N(40)
		}
		a.Data = v
	}
	return a
}

// length is what extents are that are no number of examples.
func length(name string) int {
	if strings.HasPrefix(name, "ocr") {
		return 64
	}
	return 9
}

// runtime runs the cases in ONNX Runtime.
func runtime(modules string, cases []*run) error {
	folder, err := os.MkdirTemp("", "forty")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	from, to := filepath.Join(folder, "cases.json"), filepath.Join(folder, "results.json")
	text, err := json.Marshal(cases)
	if err != nil {
		return err
	}
	if err := os.WriteFile(from, text, 0o600); err != nil {
		return err
	}
	cmd := exec.Command("node", "forty/ort.mjs", modules, from, to)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	if text, err = os.ReadFile(to); err != nil {
		return err
	}
	var results []result
	if err := json.Unmarshal(text, &results); err != nil {
		return err
	}
	for i := range cases {
		cases[i].peer = results[i]
	}
	return nil
}

// report prints a line for each case, and what they are together.
func report(cases []*run) {
	good, refused, wrong := 0, 0, 0
	for _, c := range cases {
		verdict := ""
		switch {
		case c.err != nil:
			refused++
			verdict = "refused: " + c.err.Error()
		case c.peer.Error != "":
			verdict = "ONNX Runtime refuses it: " + c.peer.Error
		default:
			apart := c.apart(c.outputs, c.peer.Outputs)
			verdict = fmt.Sprintf("apart by %.1e", apart)
			if ours, theirs := c.apart(c.outputs, c.exact), c.apart(c.peer.Outputs, c.exact); apart > tolerance {
				verdict += fmt.Sprintf(", from float64 by %.1e, ONNX Runtime by %.1e", ours, theirs)
				if apart = ours; ours > theirs {
					apart = math.Inf(1)
				}
			}
			if apart <= tolerance {
				good++
			} else {
				wrong++
				verdict += " WRONG"
			}
		}
		fmt.Printf("%-15s N=%d  %s", c.name, c.n, verdict)
		if len(c.times) > 0 {
			fmt.Printf("  median %v, p99 %v, cold %v; ONNX Runtime %.3f ms, %.3f ms, cold %.1f ms",
				c.times[len(c.times)/2], c.times[len(c.times)*99/100], c.cold.Round(time.Millisecond), c.peer.Median, c.peer.P99, c.peer.Cold)
		}
		fmt.Println()
	}
	fmt.Printf("%d equal, %d refused, %d wrong\n", good, refused, wrong)
	if wrong > 0 {
		os.Exit(1)
	}
}

// apart is the largest difference of outputs, relative to the largest entry of each.
func (c *run) apart(a, b []array) float64 {
	worst := 0.0
	for i, y := range a {
		if i >= len(b) {
			return math.Inf(1)
		}
		ours, theirs := floats(y.Data), floats(b[i].Data)
		if len(ours) != len(theirs) || !slices.Equal(y.Dims, b[i].Dims) && len(y.Dims) > 0 {
			return math.Inf(1)
		}
		most := 1e-30
		for _, v := range theirs {
			if !math.IsInf(v, 0) {
				most = max(most, math.Abs(v))
			}
		}
		for j := range ours {
			if d := math.Abs(ours[j] - theirs[j]); ours[j] != theirs[j] && !(math.IsNaN(ours[j]) && math.IsNaN(theirs[j])) {
				worst = max(worst, d/most)
				if math.IsNaN(d) {
					return d
				}
			}
		}
	}
	return worst
}

// inFloat64 returns the outputs as they are computed in float64.
func inFloat64(path string, o onnx.ReadOptions, in map[string]onnx.Array) []array {
	o.Dtype = tensor.Float64
	f, err := onnx.ReadFile(path, o)
	if err != nil {
		log.Fatal(err)
	}
	s, err := f.Session()
	if err != nil {
		log.Fatal(err)
	}
	out, err := s.Run(in)
	if err != nil {
		log.Fatal(err)
	}
	var list []array
	for i, p := range f.Outputs {
		list = append(list, array{p.Type, out[i].Dims, out[i].Data})
	}
	return list
}

// floats are the entries of an array, of this program or as JSON has them.
func floats(data any) []float64 {
	text, _ := json.Marshal(data)
	if v, ok := data.([]float32); ok { // of which JSON has no NaN
		list := make([]float64, len(v))
		for i, v := range v {
			list[i] = float64(v)
		}
		return list
	}
	if v, ok := data.([]float64); ok {
		return v
	}
	var raw []any
	if err := json.Unmarshal(text, &raw); err != nil {
		log.Fatal(err)
	}
	list := make([]float64, len(raw))
	for i, v := range raw {
		switch v := v.(type) {
		case float64:
			list[i] = v
		case bool:
			if v {
				list[i] = 1
			}
		case string:
			if _, err := fmt.Sscan(strings.ReplaceAll(v, "Infinity", "Inf"), &list[i]); err != nil {
				log.Fatal(err)
			}
		}
	}
	return list
}
