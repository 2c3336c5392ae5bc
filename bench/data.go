package main

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"

	"adjoint/data"

	"gorgonia.org/tensor"
)

// logisticData is N examples of n features, normal numbers of seed 1, and their
// class: 1 with probability σ(w·x), for a w of seed 2.
func logisticData(n, N int) *data.Dataset {
	d := dataset(n, N, 1, 2)
	w := make([]float64, n)
	for i := range w {
		w[i] = normal(2, i)
	}
	for j := range N {
		if 1/(1+math.Exp(-dot(w, d.Row(j)))) > uniform(3, j) {
			d.Y[j] = 1
		}
	}
	return d
}

// classData is N examples of n features, normal numbers of seed 21, and their
// class: the place of the largest of k random linear forms, of seed 22.
func classData(n, N, k int) *data.Dataset {
	d := dataset(n, N, 21, k)
	forms := make([][]float64, k)
	for c := range forms {
		forms[c] = make([]float64, n)
		for i := range forms[c] {
			forms[c][i] = normal(22, c*n+i)
		}
	}
	for j := range N {
		largest := math.Inf(-1)
		for c, w := range forms {
			if z := dot(w, d.Row(j)); z > largest {
				largest, d.Y[j] = z, float64(c)
			}
		}
	}
	return d
}

// dataset is N examples, all of class 0 of k. The normal numbers of a seed fill the
// n×N matrix whose columns the examples are, row by row.
func dataset(n, N int, seed uint64, k int) *data.Dataset {
	d := &data.Dataset{X: make([]float64, n*N), Y: make([]float64, N), Features: data.Names(n), Target: "y"}
	for i := range n {
		for j := range N {
			d.X[j*n+i] = normal(seed, i*N+j)
		}
	}
	for c := range k {
		d.Classes = append(d.Classes, strconv.Itoa(c))
	}
	return d
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

// shuffle puts all rows in the order of an epoch: by the uniform numbers of a seed,
// which it keeps in key.
func shuffle(epoch int, rows []uint16, key []float64) {
	for i := range rows {
		key[i], rows[i] = uniform(1000+uint64(epoch), i), uint16(i)
	}
	slices.SortStableFunc(rows, func(a, b uint16) int { return cmp.Compare(key[a], key[b]) })
}

// gather writes rows of d, all if they are nil, as columns into x and y.
func gather(d *data.Dataset, rows []int, x, y *tensor.Dense) error {
	oneHot := y.Shape()[0] > 1
	if x.Dtype() == tensor.Float32 {
		if oneHot {
			return errors.Join(d.Gather32(x.Float32s(), rows), d.GatherOneHot32(y.Float32s(), rows))
		}
		return errors.Join(d.Gather32(x.Float32s(), rows), d.GatherY32(y.Float32s(), rows))
	}
	if oneHot {
		return errors.Join(d.Gather(x.Float64s(), rows), d.GatherOneHot(y.Float64s(), rows))
	}
	return errors.Join(d.Gather(x.Float64s(), rows), d.GatherY(y.Float64s(), rows))
}

// columns returns rows of d as columns, and their classes: as they are if there are
// two, else one-hot.
func columns(dtype tensor.Dtype, d *data.Dataset, rows []int) (x, y *tensor.Dense, err error) {
	count, outputs := len(rows), len(d.Classes)
	if rows == nil {
		count = d.Rows()
	}
	if outputs == 2 {
		outputs = 1
	}
	x, y = zeros(dtype, len(d.Features), count), zeros(dtype, outputs, count)
	return x, y, gather(d, rows, x, y)
}

func zeros(dtype tensor.Dtype, rows, columns int) *tensor.Dense {
	return tensor.New(tensor.Of(dtype), tensor.WithShape(rows, columns))
}

// filled returns a matrix of entries f(0), f(1), …, row by row.
func filled(dtype tensor.Dtype, rows, columns int, f func(i int) float64) *tensor.Dense {
	v := zeros(dtype, rows, columns)
	if dtype == tensor.Float32 {
		for i := range v.Float32s() {
			v.Float32s()[i] = float32(f(i))
		}
		return v
	}
	for i := range v.Float64s() {
		v.Float64s()[i] = f(i)
	}
	return v
}

// normals returns a matrix of the normal numbers of a seed, times c.
func normals(dtype tensor.Dtype, rows, columns int, seed uint64, c float64) *tensor.Dense {
	return filled(dtype, rows, columns, func(i int) float64 { return c * normal(seed, i) })
}

// entries widens the entries of a tensor.
func entries(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float64 {
		return v.Float64s()
	}
	wide := make([]float64, len(v.Float32s()))
	for i, x := range v.Float32s() {
		wide[i] = float64(x)
	}
	return wide
}
