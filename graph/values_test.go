package graph_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Values are in the order of the shape, whatever lies where, and numbers whatever the
// type. The right ones are read off the definitions.
func TestValues(t *testing.T) {
	matrix := func() *tensor.Dense { return dense([]int{2, 3}, 1, 2, 3, 4, 5, 6) }
	turned := matrix()
	if err := turned.T(); err != nil {
		t.Fatal(err)
	}
	cube := dense([]int{2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8)
	if err := cube.T(2, 0, 1); err != nil { // entry (i, j, k) is entry (j, k, i)
		t.Fatal(err)
	}
	part := func(slices ...tensor.Slice) *tensor.Dense {
		v, err := matrix().Slice(slices...)
		if err != nil {
			t.Fatal(err)
		}
		return v.(*tensor.Dense)
	}
	for name, c := range map[string]struct {
		t    *tensor.Dense
		want []float64
	}{
		"plain":      {matrix(), []float64{1, 2, 3, 4, 5, 6}},
		"number":     {scalar(2.5), []float64{2.5}},
		"transpose":  {turned, []float64{1, 4, 2, 5, 3, 6}},
		"rank 3":     {cube, []float64{1, 3, 5, 7, 2, 4, 6, 8}},
		"column":     {part(nil, tensor.S(1)), []float64{2, 5}},
		"row":        {part(tensor.S(1)), []float64{4, 5, 6}},
		"corner":     {part(nil, tensor.S(1, 3)), []float64{2, 3, 5, 6}},
		"steps":      {part(nil, tensor.S(0, 3, 2)), []float64{1, 3, 4, 6}},
		"by columns": {tensor.New(tensor.WithShape(2, 3), tensor.AsFortran([]float64{1, 2, 3, 4, 5, 6})), []float64{1, 2, 3, 4, 5, 6}},
		"float32":    {tensor.New(tensor.WithShape(3), tensor.WithBacking([]float32{1, 2, 3})), []float64{1, 2, 3}},
		"int":        {tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{-1, math.MinInt})), []float64{-1, math.MinInt}},
		"int8":       {tensor.New(tensor.WithShape(2), tensor.WithBacking([]int8{-128, 127})), []float64{-128, 127}},
		"int16":      {tensor.New(tensor.WithShape(1), tensor.WithBacking([]int16{-300})), []float64{-300}},
		"int32":      {tensor.New(tensor.WithShape(1), tensor.WithBacking([]int32{-70000})), []float64{-70000}},
		"int64":      {tensor.New(tensor.WithShape(1), tensor.WithBacking([]int64{-1 << 40})), []float64{-1 << 40}},
		"uint":       {tensor.New(tensor.WithShape(1), tensor.WithBacking([]uint{7})), []float64{7}},
		"uint8":      {tensor.New(tensor.WithShape(1), tensor.WithBacking([]uint8{255})), []float64{255}},
		"uint16":     {tensor.New(tensor.WithShape(1), tensor.WithBacking([]uint16{65535})), []float64{65535}},
		"uint32":     {tensor.New(tensor.WithShape(1), tensor.WithBacking([]uint32{1 << 31})), []float64{1 << 31}},
		"uint64":     {tensor.New(tensor.WithShape(1), tensor.WithBacking([]uint64{1 << 40})), []float64{1 << 40}},
		"no numbers": {tensor.New(tensor.WithShape(1), tensor.WithBacking([]bool{true})), nil},
		"nil":        {nil, nil},
	} {
		if got := graph.Values[float64](c.t); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, should be %v", name, got, c.want)
		}
		want := make([]float32, len(c.want))
		for i, v := range c.want {
			want[i] = float32(v)
		}
		if got := graph.Values[float32](c.t); !slices.Equal(got, want) {
			t.Errorf("%s as float32: %v, should be %v", name, got, want)
		}
	}
	own := matrix()
	graph.Values[float64](own)[0] = 7
	if own.Float64s()[0] != 1 {
		t.Error("Values returns the memory of the tensor")
	}
}

// A kernel that asks for another type than its tensors have does not read their memory
// as that.
func TestDataOfAnotherType(t *testing.T) {
	v := tensor.New(tensor.WithShape(3), tensor.WithBacking([]float32{1, 2, 3}))
	if got := compute.Data[float32](v); !slices.Equal(got, []float32{1, 2, 3}) {
		t.Errorf("of its type: %v", got)
	}
	for name, read := range map[string]func(){
		"float64 of float32": func() { compute.Data[float64](v) },
		"float32 of float64": func() { compute.Data[float32](scalar(1)) },
		"float64 of int":     func() { compute.Data[float64](tensor.New(tensor.WithShape(1), tensor.WithBacking([]int{1}))) },
	} {
		if got := panicOf(read); !containsAll(got, "Data[float", "Values") {
			t.Errorf("%s: panics with %q", name, got)
		}
	}
}

// A tensor has its values row by row, and is nothing where they do not fill it.
func TestTensor(t *testing.T) {
	six := []float64{1, 2, 3, 4, 5, 6}
	v := graph.Tensor(six, 2, 3)
	six[0] = 9
	if at, err := v.At(1, 0); err != nil || at != 4.0 || graph.Values[float64](v)[0] != 1 {
		t.Errorf("%v, %v of %v", at, err, v)
	}
	if n := graph.Tensor([]float32{2.5}); n.Dtype() != tensor.Float32 || !n.Shape().IsScalar() {
		t.Errorf("a number of shape %v", n.Shape())
	}
	g := graph.New()
	for _, extents := range [][]int{nil, {2, 2}, {7}, {-2, -3}, {0, 6}, {6, 0}, {math.MaxInt, math.MaxInt}, {3, 2, 2}, {math.MaxInt/2 + 1, 4}} {
		if v := graph.Tensor(six, extents...); v != nil {
			t.Errorf("%v: %v", extents, v)
		} else if err := g.Param("w", v).Err(); !errors.Is(err, graph.ErrLayout) || !containsAll(err.Error(), "values_test.go:", "w: nil tensor", "graph.Tensor") {
			t.Errorf("%v: %v", extents, err)
		}
	}
	if v := graph.Tensor([]float64{}, 0); v != nil {
		t.Errorf("of nothing: %v", v)
	}
}

// A number is the value of an output or a leaf that has one entry.
func TestNumber(t *testing.T) {
	g := graph.NewOf(tensor.Float32)
	w := g.Param("w", graph.Tensor([]float32{3, 0.5}, 1, 2))
	j, one := ops.Sum(w), g.Param("one", graph.Tensor([]float32{7}, 1, 1))
	p := compile(t, j, ops.Square(w))
	if _, err := p.Number(j); !errors.Is(err, graph.ErrNotRun) {
		t.Errorf("before Run: %v", err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[*graph.Node]float64{j: 3.5, one: 7} {
		if got, err := p.Number(n); err != nil || got != want {
			t.Errorf("%v: %v, %v", n, got, err)
		}
	}
	if _, err := p.Number(w); !errors.Is(err, graph.ErrNotScalar) || !containsAll(err.Error(), "w", "(1, 2)") {
		t.Errorf("of a matrix: %v", err)
	}
}
