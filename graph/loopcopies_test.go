package graph_test

import (
	"slices"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
)

// A loopOf is a value of a loop over a step with two inputs (m, N) beside the state.
type loopOf struct {
	body  *graph.Body
	back  bool
	value int
}

func (loopOf) String() string                         { return "loop" }
func (op loopOf) Kernel() compute.Kernel              { return op.loop().Kernel() }
func (loopOf) Reverse(y, _ *graph.Node) []*graph.Node { return graph.NoDerivative(y) }

func (op loopOf) loop() graph.Loop {
	return graph.Loop{Body: op.body, Back: op.back, Value: op.value}
}

func (op loopOf) Shape(s ...graph.Shape) (graph.Shape, error) { return s[min(op.value, 1)], nil }

func (op loopOf) PairedKernel(other graph.Op) compute.Kernel {
	of, ok := other.(loopOf)
	if !ok || of.body != op.body || of.back != op.back {
		return compute.Kernel{}
	}
	return op.loop().PairedKernel(of.loop())
}

// A step has values that no kernel computes, inputs and the state, of several rows: they are copied
// from where they lie, whether each step is bound or those of a round.
func TestValuesThatStepsCopy(t *testing.T) {
	const rows, n = 3, 2
	inner := graph.New()
	s, x, z := inner.Input("s", rows, graph.Batch), inner.Input("x", rows, graph.Batch), inner.Input("z", rows, graph.Batch)
	body, err := graph.NewBody([]*graph.Node{s, x, z}, []*graph.Node{x, x, z, s, graph.Add(s, z)})
	if err != nil {
		t.Fatal(err)
	}
	for _, times := range []int{1, 2, 16, 17, 40} {
		for _, back := range []bool{false, true} {
			g := graph.New()
			start := g.Input("start", rows, graph.Batch)
			x, z := g.Input("x", rows, graph.Extent("T"), graph.Batch), g.Input("z", rows, graph.Extent("T"), graph.Batch)
			var y []*graph.Node
			for value := range 6 {
				y = append(y, graph.Apply(loopOf{body, back, value}, start, x, z))
			}
			p := compile(t, y...)
			first, xs, zs := ramp(rows*n, -10), ramp(rows*times*n, 100), ramp(rows*times*n, 1000)
			feed(t, p, start, dense([]int{rows, n}, first...))
			feed(t, p, x, dense([]int{rows, times, n}, xs...))
			feed(t, p, z, dense([]int{rows, times, n}, zs...))
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			want := make([][]float64, len(y))
			want[0] = slices.Clone(first)
			for value := range want[1:] {
				want[1+value] = make([]float64, len(xs))
			}
			for k := range times {
				time := k
				if back {
					time = times - 1 - k
				}
				for i, state := range slices.Clone(want[0]) {
					at := (i/n*times+time)*n + i%n
					for value, v := range []float64{xs[at], xs[at], xs[at], zs[at], state, state + zs[at]} {
						if value == 0 {
							want[0][i] = v
						} else {
							want[value][at] = v
						}
					}
				}
			}
			for value, n := range y {
				v, err := p.Value(n)
				if err != nil {
					t.Fatal(err)
				}
				if got := compute.Data[float64](v); !slices.Equal(got, want[value]) {
					t.Errorf("value %d of %d times, back %v:\n%v, want\n%v", value, times, back, got, want[value])
				}
			}
		}
	}
}

// ramp returns count numbers from one on.
func ramp(count int, from float64) []float64 {
	v := make([]float64, count)
	for i := range v {
		v[i] = from + float64(i)
	}
	return v
}
