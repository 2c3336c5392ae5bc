package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = delayed{}
	_ graph.Examplewise = delayed{}
	_ graph.Describer   = delayed{}
)

func init() {
	graph.Register("Delay", 2, func(*graph.Args) graph.Op { return delayed{} })
	graph.Register("Advance", 2, func(*graph.Args) graph.Op { return delayed{back: true} })
}

// delay is (s, x) ↦ (s, x_0, …, x_{T−2}) of a state s (…, N) and of x (…, T, N); with back, it is
// (x_1, …, x_{T−1}, s).
//
//	r(ζ) = (ζ at the place of s, delay the other way of ζ with 0)
func delay(back bool, s, x *Node) *Node { return graph.Apply(delayed{back}, s, x) }

// end is x_{T−1} of x with shape (…, T, N) or, with back, x_0.
func end(back bool, x *Node) *Node {
	i := -1
	if back {
		i = 0
	}
	return Index(x, x.Shape().Rank()-2, i)
}

type delayed struct{ back bool }

func (op delayed) String() string {
	if op.back {
		return "advance"
	}
	return "delay"
}

// Delay and Advance occur in the derivatives of Scan and ScanBack: the states one step late.
func (op delayed) Describe() graph.Description {
	if op.back {
		return named("Advance")
	}
	return named("Delay")
}

func (delayed) Examples(symbol int, s ...Shape) graph.Treatment { return overStates(symbol, s[0]) }

// overStates is the treatment of an op whose first input is a state of this shape (…, N): it
// keeps apart what N counts, and runs through times.
func overStates(symbol int, s Shape) graph.Treatment {
	if graph.Holds(s.Dim(s.Rank()-1), symbol) {
		return graph.Independent
	}
	return graph.Mixed
}

func (delayed) Shape(s ...Shape) (Shape, error) {
	d := s[1].Dims()
	k := len(d) - 2
	if k < 0 || s[0] != graph.ShapeOf(append(d[:k:k], d[k+1])...) {
		return Shape{}, fmt.Errorf("%w: want (…, N) and (…, T, N)", graph.ErrShape)
	}
	return s[1], nil
}

func (op delayed) Reverse(y, ζ *Node) []*Node {
	zero := y.Graph().Const(0, y.In(0).Shape().Dims()...)
	return []*Node{end(!op.back, ζ), delay(!op.back, zero, ζ)}
}

func (delayed) Linear() []int { return nil }

func (op delayed) Kernel() compute.Kernel {
	return compute.Bound(op, shiftInTime[float32], shiftInTime[float64])
}

func shiftInTime[T compute.Float](op delayed, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, s, in := compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	d := y.Shape()
	n := d[len(d)-1]
	row, at, to, from := d[len(d)-2]*n, 0, n, 0 // of s in a row, and of what comes from x and where that lies
	if op.back {
		at, to, from = row-n, 0, n
	}
	return func() {
		copyRuns(out[at:], s, row, n)
		for i := 0; i < len(out); i += row {
			copy(out[i+to:i+to+row-n], in[i+from:])
		}
	}
}
