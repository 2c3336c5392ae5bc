package graph_test

import (
	"slices"
	"testing"

	"adjoint/compute"
	"adjoint/graph"

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
		"int":        {tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{-1, 1 << 40})), []float64{-1, 1 << 40}},
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
