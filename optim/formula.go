package optim

import (
	"fmt"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A formula is a program and the values of its outputs.
type formula struct {
	outputs []*graph.Node
	program *graph.Program
	values  []*tensor.Dense
	copies  [][2]*tensor.Dense // a value and the parameter whose entries it has
	bound   bool               // values are those of the current N
	fed     bool               // the program has the inputs that were fed last
}

// ready compiles the program, if it has not been.
func (f *formula) ready() error {
	if f.program != nil {
		return nil
	}
	p, err := graph.Compile(f.outputs...)
	if err == nil {
		f.program = p
	}
	return err
}

// feedFrom takes over the inputs that p holds: copies, or what was lent to p.
func (f *formula) feedFrom(p *graph.Program, inputs []*graph.Node, lent map[*graph.Node]bool) error {
	for _, x := range inputs {
		v, err := p.Value(x)
		if err != nil {
			return fmt.Errorf("%s of shape %v: %w", nameOf(x), x.Shape(), graph.ErrUnfed)
		}
		feed := f.program.Feed
		if lent[x] {
			feed, f.bound = f.program.Lend, false
		}
		if err := feed(x, v); err != nil {
			return err
		}
	}
	f.fed = true
	return nil
}

// bind finds the tensors of the outputs, which stay the same while N does. Where
// one is a parameter itself, as in ∇(wb) = (b, w), it gets a copy: all parameters
// move at once, from where they were. moves has the tensors of the parameters.
func (f *formula) bind(moves map[*tensor.Dense]bool) error {
	f.values = f.values[:0]
	for _, n := range f.outputs {
		v, err := f.program.Value(n)
		if err != nil {
			return err
		}
		if moves[v] {
			v = f.copyOf(v)
		}
		f.values = append(f.values, v)
	}
	f.bound = true
	return nil
}

// copyOf returns the copy of a parameter's tensor that each run renews.
func (f *formula) copyOf(v *tensor.Dense) *tensor.Dense {
	for _, c := range f.copies {
		if c[1] == v {
			return c[0]
		}
	}
	own := v.Clone().(*tensor.Dense)
	f.copies = append(f.copies, [2]*tensor.Dense{own, v})
	return own
}

// copyTensor copies the entries of one tensor to another of its type and shape.
func copyTensor(dst, src *tensor.Dense) {
	if dst.Dtype() == tensor.Float32 {
		copy(dst.Float32s(), src.Float32s())
	} else {
		copy(dst.Float64s(), src.Float64s())
	}
}

// number returns the value of a scalar.
func number(v *tensor.Dense) float64 {
	if v.Dtype() == tensor.Float32 {
		return float64(v.Float32s()[0])
	}
	return v.Float64s()[0]
}
