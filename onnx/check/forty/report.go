package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"adjoint/onnx"

	"gorgonia.org/tensor"
)

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
