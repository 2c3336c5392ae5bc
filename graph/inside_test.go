package graph_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// An op that, asked for a form of its value or for a fusion, compiles a formula of the graph that is
// being compiled gets an error, and does not wait for itself; one of another graph is compiled. So it is
// while several goroutines compile the graph.
func TestCompileInsideAnOp(t *testing.T) {
	const compiles = 50 // by each goroutine, so that they wait for each other in every place
	other := ops.Tanh(graph.New().Input("v", 2))
	for name, c := range map[string]struct {
		formula func(y *graph.Node) *graph.Node
		refused bool
	}{
		"an input":       {func(y *graph.Node) *graph.Node { return y.In(0) }, true},
		"what it builds": {func(y *graph.Node) *graph.Node { return ops.Exp(y.In(0)) }, true},
		"another graph":  {func(*graph.Node) *graph.Node { return other }, false},
	} {
		for _, when := range []string{"Stable", "Fuse"} {
			asked := 0
			x := ops.Exp(graph.New().Input("x", 2))
			op := &asking{Op: ops.Tanh(x).Op(), when: when, ask: func(y *graph.Node) {
				asked++ // by one goroutine at a time
				_, err := graph.Compile(c.formula(y))
				if c.refused != errors.Is(err, graph.ErrGraph) || !c.refused && err != nil {
					t.Errorf("%s in %s: %v", name, when, err)
				}
				if c.refused && !strings.HasPrefix(err.Error(), "inside_test.go:") {
					t.Errorf("%v names no line", err)
				}
			}}
			y := graph.Apply(op, x)
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					for range compiles {
						if _, err := graph.Compile(y); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if asked != 3*compiles {
				t.Errorf("%s was asked %d times", when, asked)
			}
		}
	}
}

// asking is an op that does something when it is asked for a form or a fusion.
type asking struct {
	graph.Op
	when string
	ask  func(y *graph.Node)
}

func (a *asking) Stable(y *graph.Node) *graph.Node { return a.asked("Stable", y) }

func (a *asking) Fuse(y *graph.Node, _ func(*graph.Node) bool) *graph.Node { return a.asked("Fuse", y) }

func (a *asking) asked(when string, y *graph.Node) *graph.Node {
	if a.when == when {
		a.ask(y)
	}
	return nil
}
