package optest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A literal computes values of nodes as their formula is written: each op by its
// own kernel, one after the other, in float64 whatever the float type of the graph.
// It has nothing in common with a Program: no stable form, no fusion, no
// block, no buffer that two values share.
type literal struct {
	n      int // what Batch stands for; 0 is unknown
	values map[*graph.Node]*tensor.Dense
}

// newLiteral returns a literal with the values of inputs. They agree about the
// number of examples, or the error wraps graph.ErrShape.
func newLiteral(feeds map[*graph.Node]*tensor.Dense) (*literal, error) {
	l := &literal{values: map[*graph.Node]*tensor.Dense{}}
	var first *graph.Node
	for x, v := range feeds {
		axis := slices.Index(x.Shape().Dims(), graph.Batch)
		if axis < 0 {
			continue
		}
		switch n := v.Shape()[axis]; {
		case first == nil:
			l.n, first = n, x
		case n != l.n:
			return nil, fmt.Errorf("%s is fed %d examples, %s %d: %w", nameOf(first), l.n, nameOf(x), n, graph.ErrShape)
		}
	}
	for x, v := range feeds {
		l.values[x] = dense(tensor.Float64, x.Shape().At(l.n), numbers(v))
	}
	return l, nil
}

// value returns the value of y, which is not to be changed.
func (l *literal) value(y *graph.Node) (*tensor.Dense, error) {
	if v := l.values[y]; v != nil {
		return v, nil
	}
	v, err := l.compute(y)
	if err != nil {
		return nil, err
	}
	l.values[y] = v
	return v, nil
}

func (l *literal) compute(y *graph.Node) (*tensor.Dense, error) {
	switch {
	case y.Value() != nil:
		return dense(tensor.Float64, y.Shape(), numbers(y.Value())), nil
	case y.Kind() == graph.Input || y.Kind() == graph.Random:
		return nil, fmt.Errorf("%s of shape %v: %w", nameOf(y), y.Shape(), graph.ErrUnfed)
	case l.n == 0 && (y.Kind() == graph.Examples || y.Shape().HasBatch()):
		return nil, fmt.Errorf("%s of shape %v, and no input that was fed says what N is: %w", nameOf(y), y.Shape(), graph.ErrUnfed)
	case y.Kind() == graph.Examples:
		return dense(tensor.Float64, y.Shape(), []float64{float64(graph.ShapeOf(y.Extent()).At(l.n).Dim(0))}), nil
	}
	s := l.step(y)
	for _, x := range y.Inputs() {
		v, err := l.value(x)
		if err != nil {
			return nil, err
		}
		s.x = append(s.x, v)
	}
	return s.y, s.do()
}

// room returns a tensor of the shape of y.
func (l *literal) room(y *graph.Node) *tensor.Dense {
	s := y.Shape().At(l.n)
	return dense(tensor.Float64, s, make([]float64, size(s.Dims())))
}

// A step is y = op(x…).
type step struct {
	op     graph.Op
	kernel compute.Kernel
	y      *tensor.Dense
	x      []*tensor.Dense
}

// step returns the step of y, without what it reads.
func (l *literal) step(y *graph.Node) step {
	return step{op: y.Op(), kernel: y.Op().Kernel(), y: l.room(y)}
}

func (s step) do() error {
	if op, ok := s.op.(graph.Validator); ok {
		if err := op.Valid(s.x...); err != nil {
			return err
		}
	}
	s.kernel.Run(s.y, s.x...)
	return nil
}

// A function is a node as a function of others.
type function struct {
	moved []*tensor.Dense
	steps []step // from the moved nodes to the value
	y     *tensor.Dense
}

// function returns y as a function of the nodes moved, which may be computed from
// others, or be inputs that are not fed: whatever is not computed from them stays.
func (l *literal) function(y *graph.Node, moved ...*graph.Node) (*function, error) {
	f, at := &function{}, map[*graph.Node]*tensor.Dense{}
	for _, x := range moved {
		at[x] = l.room(x)
		f.moved = append(f.moved, at[x])
	}
	cone := graph.Cone(y)
	moves := map[*graph.Node]bool{}
	for _, n := range cone {
		moves[n] = at[n] != nil || slices.ContainsFunc(n.Inputs(), func(x *graph.Node) bool { return moves[x] })
	}
	read := map[*graph.Node]bool{y: true}
	for _, n := range slices.Backward(cone) {
		for _, x := range n.Inputs() {
			read[x] = read[x] || read[n] && moves[n] && at[n] == nil
		}
	}
	for _, n := range cone {
		switch {
		case !read[n] || at[n] != nil:
		case !moves[n]:
			v, err := l.value(n)
			if err != nil {
				return nil, err
			}
			at[n] = v
		default:
			s := l.step(n)
			for _, x := range n.Inputs() {
				s.x = append(s.x, at[x])
			}
			at[n] = s.y
			f.steps = append(f.steps, s)
		}
	}
	f.y = at[y]
	return f, nil
}

// at returns the value where the moved nodes have the entries v. It holds until
// the next call.
func (f *function) at(v ...[]float64) ([]float64, error) {
	return f.after(func(*tensor.Dense) {}, v...)
}

// after is at, with each step followed by what is done to its value.
func (f *function) after(each func(y *tensor.Dense), v ...[]float64) ([]float64, error) {
	for i, x := range f.moved {
		write(x, v[i])
	}
	for _, s := range f.steps {
		if err := s.do(); err != nil {
			return nil, err
		}
		each(s.y)
	}
	return f.y.Float64s(), nil
}

// rounding returns how far the rounding of every step to the relative precision
// eps moves each entry of the value, as it shows when the steps are rounded to and
// fro at random: a formula that cancels is moved by more than its last digit. A
// jump, as at a tie, is no rounding and does not count.
func (f *function) rounding(eps float64, v ...[]float64) ([]float64, error) {
	const tries, margin = 4, 4 // errors that are not at random add up to more
	rng := rand.New(rand.NewPCG(1, 2))
	y, err := f.at(v...)
	if err != nil {
		return nil, err
	}
	exact, moved, largest := slices.Clone(y), make([]float64, len(y)), 0.
	for range tries {
		y, err := f.after(func(y *tensor.Dense) {
			for i, v := range y.Float64s() {
				largest = math.Max(largest, math.Abs(v))
				y.Float64s()[i] = v + v*eps*(2*rng.Float64()-1)
			}
		}, v...)
		if err != nil {
			return nil, err
		}
		for i := range y {
			if d := math.Abs(y[i] - exact[i]); d <= math.Sqrt(eps)*largest {
				moved[i] = math.Max(moved[i], margin*d)
			}
		}
	}
	return moved, nil
}
