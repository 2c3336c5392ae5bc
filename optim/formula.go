package optim

import (
	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A formula is a program that is compiled when it is first run.
type formula struct {
	outputs []*graph.Node
	program *graph.Program
	bound   []*tensor.Dense    // the values of the outputs, as the program has them
	values  []*tensor.Dense    // the same, with copies in place of parameters
	copies  [][2]*tensor.Dense // a copy and the parameter whose entries it has

	inParts summed // of an Objective that is split
}

// run computes the outputs for what is in, and returns their values. Where one is a parameter
// itself, as in ∇(wb) = (b, w), it gets a copy: all parameters move at once, from where they
// were. moves has the tensors of the parameters.
func (f *formula) run(in *graph.Inputs, moves map[*tensor.Dense]bool) ([]*tensor.Dense, error) {
	if err := f.compile(in); err != nil {
		return nil, err
	}
	if err := f.program.Run(); err != nil {
		return nil, err
	}
	v, err := f.program.Values()
	if err != nil {
		return nil, err
	}
	if len(f.bound) == 0 || &v[0] != &f.bound[0] {
		f.bind(v, moves)
	}
	for _, c := range f.copies {
		compute.Copy(c[0], c[1])
	}
	return f.values, nil
}

// compile makes the program that reads in, unless there is one.
func (f *formula) compile(in *graph.Inputs) error {
	if f.program != nil {
		return nil
	}
	p, err := graph.Compile(f.outputs...)
	if err == nil {
		err = p.Read(in)
	}
	if err == nil {
		f.program = p
	}
	return err
}

// bind takes the tensors of the outputs, which are other ones than before.
func (f *formula) bind(v []*tensor.Dense, moves map[*tensor.Dense]bool) {
	f.bound, f.values = v, f.values[:0]
	for _, v := range v {
		if moves[v] {
			v = f.copyOf(v)
		}
		f.values = append(f.values, v)
	}
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

// sumOf returns the sum of the entries of a tensor, which is not finite if one of them is
// not.
func sumOf(v *tensor.Dense) float64 {
	if v.Dtype() == tensor.Float32 {
		return float64(kernel.Sum(v.Float32s()))
	}
	return kernel.Sum(v.Float64s())
}

// number returns the value of a scalar.
func number(v *tensor.Dense) float64 {
	if v.Dtype() == tensor.Float32 {
		return float64(v.Float32s()[0])
	}
	return v.Float64s()[0]
}
