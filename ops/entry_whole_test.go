package ops_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// Whole takes the whole numbers from lo to hi and no others.
func TestWhole(t *testing.T) {
	for _, v := range []float64{-2, 0, 1, 3} {
		if err := runWhole(t, v); err != nil {
			t.Errorf("%g: %v", v, err)
		}
	}
	for _, v := range []float64{-3, 4, 0.5, -0.5, 2.9999, math.NaN(), math.Inf(1), math.Inf(-1)} {
		if err := runWhole(t, v); !errors.Is(err, graph.ErrValue) {
			t.Errorf("%g: %v, want ErrValue", v, err)
		}
	}
}

// runWhole runs Whole, from −2 to 3, of (0, v).
func runWhole(t *testing.T, v float64) error {
	t.Helper()
	p, err := graph.Compile(ops.Whole(matrix(graph.New(), "x", []float64{0, v}), -2, 3))
	if err != nil {
		t.Fatal(err)
	}
	return p.Run()
}
