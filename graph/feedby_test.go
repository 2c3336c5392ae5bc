package graph_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// FeedBy feeds what is written, for any N, and allocates nothing.
func TestFeedBy(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", 2, graph.Batch), g.Input("w", 1)
	unread := g.Input("unread", graph.Batch)
	y, v := sum(x), mul(w, w)
	p := compile(t, y, v)
	fill := func(c float64) func(*tensor.Dense) error {
		return func(v *tensor.Dense) error {
			for i := range v.Float64s() {
				v.Float64s()[i] = c
			}
			return nil
		}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(p.FeedBy(w, 0, fill(3)))
	for _, n := range []int{1, 7, 3, 7} {
		check(p.FeedBy(x, n, fill(2)))
		check(p.FeedBy(unread, n, func(*tensor.Dense) error { return errors.New("called") }))
		if got := values(t, p, y, v); got[0][0] != float64(4*n) || got[1][0] != 9 {
			t.Errorf("N = %d: %v", n, got)
		}
	}
	twos := fill(2)
	if n := testing.AllocsPerRun(10, func() { check(p.FeedBy(x, 7, twos)) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

// An input whose writing failed is not fed, for any N.
func TestFeedByFails(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", graph.Batch), g.Input("w", 1)
	p := compile(t, sum(x), mul(w, w))
	broken := errors.New("broken")
	fails := func(*tensor.Dense) error { return broken }
	run := func(n int) error {
		feed(t, p, x, dense([]int{n}, make([]float64, n)...))
		return p.Run()
	}
	feed(t, p, w, dense([]int{1}, 1))
	for n := 1; n <= 2; n++ {
		if err := run(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.FeedBy(w, 1, fails); !errors.Is(err, broken) {
		t.Errorf("FeedBy: %v", err)
	}
	for n := 1; n <= 2; n++ {
		if err := run(n); !errors.Is(err, graph.ErrUnfed) {
			t.Errorf("Run for N = %d, after w failed: %v", n, err)
		}
	}
	feed(t, p, w, dense([]int{1}, 1))
	if err := p.FeedBy(x, 2, fails); !errors.Is(err, broken) {
		t.Errorf("FeedBy: %v", err)
	}
	if err := p.Run(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("Run after x failed: %v", err)
	}

	fine := func(*tensor.Dense) error { return nil }
	for what, got := range map[string]struct{ err, want error }{
		"no examples":   {p.FeedBy(x, 0, fine), graph.ErrEmpty},
		"too many":      {p.FeedBy(x, math.MaxInt/4, fine), graph.ErrSize},
		"another graph": {p.FeedBy(graph.New().Input("x", 1), 1, fine), graph.ErrGraph},
		"no input":      {p.FeedBy(mul(w, w), 1, fine), graph.ErrNotInput},
	} {
		if !errors.Is(got.err, got.want) {
			t.Errorf("%s: %v, want %v", what, got.err, got.want)
		}
	}
}

// What was computed before an input was fed anew is no value any more.
func TestFeedForgetsOutputs(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", graph.Batch), g.Input("w", 1)
	y := sum(x)
	p := compile(t, y, mul(w, w))
	feed(t, p, w, dense([]int{1}, 1))
	feed(t, p, x, dense([]int{1}, 1))
	for _, again := range []func() error{
		func() error { return p.Feed(x, dense([]int{1}, 2)) },
		func() error { return p.Feed(w, dense([]int{1}, 2)) },
		func() error { return p.FeedBy(x, 1, func(*tensor.Dense) error { return nil }) },
	} {
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if err := again(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Value(y); !errors.Is(err, graph.ErrNotRun) {
			t.Errorf("value after a Feed: %v", err)
		}
	}
}
