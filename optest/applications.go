package optest

import (
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// applications returns the ops that F and its derivatives are made of, at x.
func (c *checker) applications(m *mapping, n int, x [][]float64) ([]*application, error) {
	nodes := cone(m.all())
	if len(nodes) == 0 {
		return nil, nil
	}
	// Stabilising may compute an output in another way than from its inputs,
	// so that each op's inputs are outputs too.
	all, err := compile(nodes...)
	if err != nil {
		return nil, err
	}
	whole := &mapping{in: m.in, ζ: m.ζ, ξ: m.ξ, out: nodes, whole: all}
	res, err := whole.run(n, x, normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n))
	if err != nil {
		return nil, err
	}
	list := make([]*application, len(nodes))
	for i, y := range nodes {
		a := &application{node: y, n: n, program: res.out[i]}
		for _, x := range y.Inputs() {
			v := []float64{float64(graph.ShapeOf(x.Extent()).At(n).Dim(0))}
			if x.Kind() != graph.Examples {
				t, err := all.prog.Value(x)
				if err != nil {
					return nil, err
				}
				v = numbers(t)
			}
			a.x = append(a.x, v)
		}
		list[i] = a
	}
	return list, nil
}

// An application is a node at numbers.
type application struct {
	node    *graph.Node
	n       int
	x       [][]float64
	program []float64 // what a Program gives
	value   []float64 // what its kernel gives
}

func (a *application) dtype() tensor.Dtype { return a.node.Graph().Dtype() }

// tensors returns new tensors of the inputs, and one for the output, of entries
// v.
func (a *application) tensors(v float64) (y *tensor.Dense, x []*tensor.Dense) {
	for i, in := range a.node.Inputs() {
		x = append(x, dense(a.dtype(), in.Shape().At(a.n), a.x[i]))
	}
	return dense(a.dtype(), a.node.Shape().At(a.n), filled(entries(a.node, a.n), v)), x
}

func (a *application) tolerance() float64 {
	if a.dtype() == tensor.Float32 {
		return exact32
	}
	return exact
}
