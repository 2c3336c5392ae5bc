package optim_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A gradient that is NaN or infinite moves nothing, and says where it was.
func TestDiverged(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for name, step := range map[string]func(n net) error{
			"Step":     func(n net) error { return n.Step() },
			"StepLoss": func(n net) error { _, err := n.StepLoss(); return err },
		} {
			// J is quadratic in the last layer: a rate of 100 blows it up.
			n := newNet(t, dtype, optim.SGD{Rate: 100})
			n.Schedule = optim.Constant(0.5)
			n.feed(t, 0)
			var err error
			for range 1000 {
				before := n.entries()
				if err = step(n); err == nil {
					continue
				}
				if after := n.entries(); !slices.Equal(before, after) {
					t.Errorf("%s moved %v to %v", name, before, after)
				}
				break
			}
			var diverged *optim.DivergedError
			if !errors.Is(err, optim.ErrDiverged) || !errors.As(err, &diverged) {
				t.Fatalf("%s: %v", name, err)
			}
			if diverged.Step != n.Steps()+1 || diverged.Step < 2 || diverged.Rate != 50 || !(math.IsInf(diverged.Loss, 1) || math.IsNaN(diverged.Loss)) {
				t.Errorf("%s: %+v after %d steps", name, diverged, n.Steps())
			}
			for _, part := range []string{fmt.Sprint("step ", diverged.Step), "loss", "rate 50"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not contain %q", err, part)
				}
			}
			for _, w := range n.entries() {
				if math.IsNaN(w) || math.IsInf(w, 0) {
					t.Errorf("%s left %g", name, w)
				}
			}
		}
	}
}

// An infinite J stops StepLoss even where the gradient is finite; Step does not
// look at J.
func TestInfiniteLoss(t *testing.T) {
	g := graph.New()
	w, c := g.Param("w", dense([]float64{3}, 1)), g.Input("c", 1)
	o := minimize(t, ops.Sum(ops.Add(w, c)), optim.SGD{Rate: 1})
	check(t, o.Feed(c, dense([]float64{math.Inf(1)}, 1)))
	if loss, err := o.StepLoss(); !errors.Is(err, optim.ErrDiverged) || !math.IsInf(loss, 1) || entries(w.Value())[0] != 3 {
		t.Errorf("loss %g, %v, w = %v", loss, err, w.Value())
	}
	check(t, o.Step())
	if got := entries(w.Value())[0]; got != 2 {
		t.Errorf("w = %g, want 2", got)
	}
}

// After a step that diverged, RunChecked names the value where that began; before it,
// nothing.
func TestWhereItDiverged(t *testing.T) {
	g := graph.New().NoteLines()
	w, x := g.Param("w", graph.Tensor([]float64{1, 2}, 2)), g.Input("x", 2)
	opt, err := optim.Minimize(ops.Sum(ops.Log(ops.Sub(w, x))), optim.SGD{Rate: 0.1})
	check(t, err)
	check(t, opt.Feed(x, graph.Tensor([]float64{0, 0}, 2)))
	check(t, opt.RunChecked())
	check(t, opt.Feed(x, graph.Tensor([]float64{0, 2}, 2)))
	if err := opt.Step(); !errors.Is(err, optim.ErrDiverged) {
		t.Fatal(err)
	}
	err = opt.RunChecked()
	for _, part := range []string{"diverged_test.go:", "log(", "is -Inf at (1)", "= 0 at (1)"} {
		if !errors.Is(err, graph.ErrNotFinite) || !strings.Contains(err.Error(), part) {
			t.Errorf("%v, want %q", err, part)
		}
	}
}
