package optest

import (
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A machine runs a Program on plain lists of float64, whatever the float type
// of its graph.
type machine struct {
	dtype  tensor.Dtype
	prog   *graph.Program
	buffer map[*graph.Node]*tensor.Dense // what was fed last
}

func compile(outputs ...*graph.Node) (*machine, error) {
	prog, err := graph.Compile(outputs...)
	if err != nil {
		return nil, err
	}
	return newMachine(outputs[0].Graph().Dtype(), prog), nil
}

func newMachine(dtype tensor.Dtype, prog *graph.Program) *machine {
	return &machine{dtype, prog, map[*graph.Node]*tensor.Dense{}}
}

// feed gives each leaf its entries; Batch is n. A nil leaf is passed over.
func (m *machine) feed(n int, leaves []*graph.Node, v [][]float64) error {
	for i, x := range leaves {
		if x == nil {
			continue
		}
		t := m.buffer[x]
		if t == nil || t.Shape().TotalSize() != len(v[i]) {
			t = dense(m.dtype, x.Shape().At(n), v[i])
			m.buffer[x] = t
		} else {
			write(t, v[i])
		}
		if err := m.prog.Feed(x, t); err != nil {
			return err
		}
	}
	return nil
}

// values returns copies of the entries of outputs; that of nil is nil.
func (m *machine) values(outputs []*graph.Node) ([][]float64, error) {
	v := make([][]float64, len(outputs))
	for i, n := range outputs {
		if n == nil {
			continue
		}
		t, err := m.prog.Value(n)
		if err != nil {
			return nil, err
		}
		v[i] = numbers(t)
	}
	return v, nil
}

// dense returns a tensor with the entries v, rounded to its float type.
func dense(dtype tensor.Dtype, shape graph.Shape, v []float64) *tensor.Dense {
	if dtype == tensor.Float64 {
		return tensor.New(tensor.WithShape(shape.Dims()...), tensor.WithBacking(append([]float64(nil), v...)))
	}
	w := make([]float32, len(v))
	for i := range v {
		w[i] = float32(v[i])
	}
	return tensor.New(tensor.WithShape(shape.Dims()...), tensor.WithBacking(w))
}

// write sets the entries of t to v.
func write(t *tensor.Dense, v []float64) {
	if t.Dtype() == tensor.Float64 {
		copy(t.Float64s(), v)
		return
	}
	for i := range v {
		t.Float32s()[i] = float32(v[i])
	}
}

// numbers returns the entries of t, row by row, as new float64.
func numbers(t *tensor.Dense) []float64 {
	if t.Dtype() == tensor.Float64 {
		return append([]float64(nil), t.Float64s()...)
	}
	v := make([]float64, len(t.Float32s()))
	for i, x := range t.Float32s() {
		v[i] = float64(x)
	}
	return v
}

// entries returns the number of entries of n where Batch is batch.
func entries(n *graph.Node, batch int) int { return size(n.Shape().At(batch).Dims()) }
