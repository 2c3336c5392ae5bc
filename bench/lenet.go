package main

import (
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// W8 is LeNet (Y. LeCun et al. 1998, with ReLU and max pools): images 28×28, in batches of 64
// out of 512, in order; Adam as PyTorch has it.
const (
	leNetImages = 512
	leNetBatch  = 64
	leNetSteps  = 100
)

// A leNet is the formula of W8.
type leNet struct {
	x, labels *graph.Node
	a, j      *graph.Node // scores of the classes, and the loss
	params    []*graph.Node
}

// leNetLayers are the outputs and inputs of the layers; those of a convolution have a window.
var leNetLayers = []struct{ outputs, inputs, window int }{{6, 1, 5}, {16, 6, 5}, {120, 256, 0}, {84, 120, 0}, {10, 84, 0}}

// newLeNet builds the formula. Weights begin normal with the deviation √(2/n) for n inputs of
// an output.
func newLeNet(dtype tensor.Dtype) *leNet {
	g := graph.NewOf(dtype)
	n := &leNet{x: g.Input("x", 1, 28, 28, graph.Batch), labels: g.Input("labels", 1, graph.Batch)}
	a := n.x
	for l, layer := range leNetLayers {
		shape, bias := []int{layer.outputs, layer.inputs}, []int{layer.outputs, 1}
		if layer.window > 0 {
			shape, bias = append(shape, layer.window, layer.window), append(bias, 1, 1)
		}
		w := g.Param(fmt.Sprintf("w[%d]", l+1), leNetWeights(dtype, 70+2*l, shape))
		b := g.Param(fmt.Sprintf("b[%d]", l+1), tensor.New(tensor.Of(dtype), tensor.WithShape(bias...)))
		n.params = append(n.params, w, b)
		if layer.window > 0 {
			u := ops.Bias(b, ops.Conv(w, a, ops.Window{}))
			a = ops.MaxPool(ops.ReLU(u), ops.Window{Size: ops.Both(2)})
			continue
		}
		if l == 2 {
			a = ops.Reshape(a, layer.inputs, graph.Batch)
		}
		if a = ops.Bias(b, ops.MatMul(w, a)); l < len(leNetLayers)-1 {
			a = ops.ReLU(a)
		}
	}
	n.a = a
	n.j = ops.Mean(ops.SparseCrossEntropyFromLogits(a, n.labels))
	return n
}

func leNetWeights(dtype tensor.Dtype, seed int, shape []int) *tensor.Dense {
	inputs := 1
	for _, d := range shape[1:] {
		inputs *= d
	}
	w := normals(dtype, shape[0], inputs, uint64(seed), math.Sqrt(2/float64(inputs)))
	if err := w.Reshape(shape...); err != nil {
		panic(err) // of as many entries
	}
	return w
}

// leNetData returns images from one on and their labels.
func leNetData(dtype tensor.Dtype, from, count int) (x, labels *tensor.Dense) {
	const pixels, classes = 784, 10
	x = filled(dtype, pixels, count, func(i int) float64 { return normal(81, (from+i%count)*pixels+i/count) })
	if err := x.Reshape(1, 28, 28, count); err != nil {
		panic(err) // of as many entries
	}
	weights := normals(tensor.Float64, pixels, classes, 82, 1).Float64s()
	labels = filled(dtype, 1, count, func(i int) float64 {
		best, class := math.Inf(-1), 0
		for c := range classes {
			sum := 0.
			for p := range pixels {
				sum += normal(81, (from+i)*pixels+p) * weights[p*classes+c]
			}
			if sum > best {
				best, class = sum, c
			}
		}
		return float64(class)
	})
	return x, labels
}

// A leNetTraining does W8.
type leNetTraining struct {
	net       *leNet
	opt       *optim.Optimizer
	x, labels [leNetImages / leNetBatch]*tensor.Dense
	step      int // the next
}

// newLeNetTraining readies W8: its first step is as fast as any.
func newLeNetTraining(dtype tensor.Dtype) (*leNetTraining, error) {
	s := &leNetTraining{net: newLeNet(dtype)}
	for i := range s.x {
		s.x[i], s.labels[i] = leNetData(dtype, i*leNetBatch, leNetBatch)
	}
	var err error
	if s.opt, err = optim.Minimize(s.net.j, optim.Adam{Rate: 1e-3, Eps: 1e-8}, s.net.params...); err != nil {
		return nil, err
	}
	if err := s.feed(); err != nil {
		return nil, err
	}
	_, err = s.opt.Gradient()
	return s, err
}

func (s *leNetTraining) feed() error {
	k := s.step % len(s.x)
	if err := s.opt.Feed(s.net.x, s.x[k]); err != nil {
		return err
	}
	return s.opt.Feed(s.net.labels, s.labels[k])
}

func (s *leNetTraining) Steps(k int) error {
	for range k {
		if err := s.feed(); err != nil {
			return err
		}
		if err := s.opt.Step(); err != nil {
			return err
		}
		s.step++
	}
	return nil
}

func (s *leNetTraining) Close() error { return nil }

// Loss is that of all images.
func (s *leNetTraining) Loss() (float64, error) {
	p, err := graph.Compile(s.net.j)
	if err != nil {
		return 0, err
	}
	sum := 0.
	for i := range s.x {
		if err := p.Feed(s.net.x, s.x[i]); err != nil {
			return 0, err
		}
		if err := p.Feed(s.net.labels, s.labels[i]); err != nil {
			return 0, err
		}
		if err := p.Run(); err != nil {
			return 0, err
		}
		j, err := p.Value(s.net.j)
		if err != nil {
			return 0, err
		}
		sum += entries(j)[0]
	}
	return sum / float64(len(s.x)), nil
}
