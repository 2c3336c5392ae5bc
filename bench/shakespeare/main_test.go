package main

import (
	"math"
	"os"
	"strings"
	"testing"

	"adjoint/data"

	"gorgonia.org/tensor"
)

// The losses are those of peer.py by PyTorch 1.13 on the document of examples/chars.
func TestLosses(t *testing.T) {
	text, err := os.ReadFile("../../examples/chars/document.txt")
	if err != nil {
		t.Fatal(err)
	}
	characters, err := data.Characters(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for dtype, within := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 1e-4} {
		r, err := train(characters, dtype, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{4.998549580530108, 4.005986522048299} {
			if d := math.Abs(r.Losses[i] - want); !(d <= within) {
				t.Errorf("%v, step %d: %.17g, want %.17g", dtype, i+1, r.Losses[i], want)
			}
		}
	}
}

// Losses that are further apart than asked, or are NaN, are an error.
func TestShow(t *testing.T) {
	a := record{Losses: []float64{2, 1}, Step: 1}
	for apart, ok := range map[float64]bool{0: true, 0.5: true, 0.75: false, math.NaN(): false} {
		b := record{Losses: []float64{2, 1 + apart}, Step: 1}
		if err := show(a, b, 0.5); (err == nil) != ok {
			t.Errorf("apart by %g: %v", apart, err)
		}
	}
}

// A Python that is not there, or that fails, is an error that names it.
func TestNoTorch(t *testing.T) {
	if _, err := torch("/no/python", "text", "float32", 1); err == nil || !strings.Contains(err.Error(), "/no/python") {
		t.Error(err)
	}
}
