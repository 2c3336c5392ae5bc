package main

import (
	"math"

	"adjoint/data"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A task is the training of a network of ReLU layers, whose last is one of σ, where
// it has one output, or of softmax.
type task struct {
	dtype   tensor.Dtype
	nodes   []int           // of each layer, those of the input first
	weights []*tensor.Dense // the first: w, b of a layer, w, b of the next, …
	rule    optim.Rule
	steps   int

	// batch returns the examples of a step, 0, 1, …, as columns. The next call
	// may overwrite them.
	batch func(step int) (x, y *tensor.Dense, err error)
	once  bool  // all steps have the same batch
	warm  []int // steps that have batches of all sizes that there are

	examples func() *data.Dataset
}

// The networks of the works, and the seeds of their first weights.
var (
	small = []int{10, 32, 8, 1}
	wide  = []int{784, 512, 256, 10}
)

const (
	smallSeed = 10
	wideSeed  = 30
)

// heNormal returns the first weights of a network: w normal, with the deviation
// √(2/n) for n inputs, and b = 0 (K. He et al. 2015).
func heNormal(dtype tensor.Dtype, nodes []int, seed uint64) []*tensor.Dense {
	var weights []*tensor.Dense
	for l := 1; l < len(nodes); l++ {
		w := normals(dtype, nodes[l], nodes[l-1], seed+uint64(l), math.Sqrt(2/float64(nodes[l-1])))
		weights = append(weights, w, zeros(dtype, nodes[l], 1))
	}
	return weights
}

// newLogistic is W1.
func newLogistic(dtype tensor.Dtype) (*task, error) {
	return fullBatch(dtype, []int{10, 1}, normals(dtype, 1, 10, 4, 0.01), zeros(dtype, 1, 1))
}

// newFullBatch is W2.
func newFullBatch(dtype tensor.Dtype) (*task, error) {
	return fullBatch(dtype, small, heNormal(dtype, small, smallSeed)...)
}

// fullBatch is descent over 1000 examples at once.
func fullBatch(dtype tensor.Dtype, nodes []int, weights ...*tensor.Dense) (*task, error) {
	examples := func() *data.Dataset { return logisticData(10, 1000) }
	x, y, err := columns(dtype, examples(), nil)
	return &task{
		dtype: dtype, nodes: nodes, weights: weights, rule: optim.SGD{Rate: 0.1}, steps: 2000,
		batch: func(int) (*tensor.Dense, *tensor.Dense, error) { return x, y, nil },
		once:  true, warm: []int{0}, examples: examples,
	}, err
}

// newMiniBatch is W3: 320 epochs of 31 batches of 32 and one of 8.
func newMiniBatch(dtype tensor.Dtype) (*task, error) {
	const n, N, size, epochs = 10, 1000, 32, 320
	const perEpoch = (N + size - 1) / size
	d := logisticData(n, N)
	order, key := make([]uint16, epochs*N), make([]float64, N)
	for e := range epochs {
		shuffle(e, order[e*N:(e+1)*N], key)
	}
	var room [size]int
	x := map[int]*tensor.Dense{size: zeros(dtype, n, size), N % size: zeros(dtype, n, N%size)}
	y := map[int]*tensor.Dense{size: zeros(dtype, 1, size), N % size: zeros(dtype, 1, N%size)}
	return &task{
		dtype: dtype, nodes: small, weights: heNormal(dtype, small, smallSeed),
		rule: optim.Adam{Rate: 1e-3, Eps: 1e-7}, steps: perEpoch * epochs,
		batch: func(step int) (*tensor.Dense, *tensor.Dense, error) {
			from := step % perEpoch * size
			rows := room[:min(size, N-from)]
			for i, row := range order[step/perEpoch%epochs*N+from:][:len(rows)] {
				rows[i] = int(row)
			}
			x, y := x[len(rows)], y[len(rows)]
			return x, y, gather(d, rows, x, y)
		},
		warm: []int{0, perEpoch - 1}, examples: func() *data.Dataset { return d },
	}, nil
}

// newWide is W4.
func newWide(dtype tensor.Dtype) (*task, error) { return newWideOf(dtype, 128) }

// newWideOf is W4 by batches of size out of 1024 examples, in order.
func newWideOf(dtype tensor.Dtype, size int) (*task, error) {
	const N = 1024
	examples := func() *data.Dataset { return classData(wide[0], N, wide[3]) }
	d := examples()
	x, y := make([]*tensor.Dense, N/size), make([]*tensor.Dense, N/size)
	for i := range x {
		rows := make([]int, size)
		for k := range rows {
			rows[k] = i*size + k
		}
		var err error
		if x[i], y[i], err = columns(dtype, d, rows); err != nil {
			return nil, err
		}
	}
	return &task{
		dtype: dtype, nodes: wide, weights: heNormal(dtype, wide, wideSeed),
		rule: optim.Adam{Rate: 1e-3, Eps: 1e-8}, steps: 80,
		batch: func(step int) (*tensor.Dense, *tensor.Dense, error) {
			return x[step%len(x)], y[step%len(y)], nil
		},
		warm: []int{0}, examples: examples,
	}, nil
}
