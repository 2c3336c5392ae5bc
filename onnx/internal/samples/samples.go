// Package samples has formulas in which every op occurs that can be written as ONNX,
// with values to try them on.
package samples

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

type node = graph.Node

// batch is N, the number of examples.
const batch = graph.Batch

// A Sample is a function of nodes, and what its arguments are.
type Sample struct {
	Name string
	X    []Operand
	F    func(x ...*node) *node

	Single bool // ONNX Runtime has no kernel in float64
	Once   bool // ONNX has no ops for derivatives beyond the first
	Sums   bool // of many numbers, or of products: if they are of every size, the order matters

	Cancels Cancelling // where digits are lost
}

// A Cancelling says which values of a sample are what larger numbers, of about 1, leave
// where they cancel: their digits are right relative to those only.
type Cancelling int

const (
	Never Cancelling = iota
	InDerivatives
	Always
)

// cancelling marks samples.
func cancelling(c Cancelling, list []Sample) []Sample {
	for i := range list {
		list[i].Cancels = c
	}
	return list
}

// summing marks samples.
func summing(list []Sample) []Sample {
	for i := range list {
		list[i].Sums = true
	}
	return list
}

// Of returns the sample of other numbers.
func (s Sample) Of(numbers Domain) Sample {
	s.X = slices.Clone(s.X)
	for i, x := range s.X {
		s.X[i].Values = x.Values.of(numbers)
	}
	return s
}

// An Operand is the argument of a function: a shape, and where its values lie.
type Operand struct {
	Values Domain
	Shape  []int
}

// All returns the samples of every op.
func All() []Sample {
	return slices.Concat(pointwise, tails, elementary, pairwise, shaped, reductions, losses, divergences, images, loops)
}

// A Formula is a number of samples in one graph.
type Formula struct {
	Inputs  []*node
	Outputs []*node // those that can be computed, each of another name
	domains []Domain
	named   map[string]bool
	cancels map[*node]bool
}

// Cancels reports whether an output is what larger numbers leave.
func (f *Formula) Cancels(y *node) bool { return f.cancels[y] }

// NewFormula returns the formula of outputs whose inputs lie in domains.
func NewFormula(inputs []*node, domains []Domain, outputs []*node) *Formula {
	return &Formula{Inputs: inputs, Outputs: outputs, domains: domains}
}

// Build returns the formula of samples in a float type: of each F(x), dF(ξ), rF(ζ),
// and the reverse derivatives of rF(ζ).
func Build(dtype tensor.Dtype, samples []Sample) *Formula {
	f := &Formula{named: map[string]bool{}, cancels: map[*node]bool{}}
	b := builder{f, graph.NewOf(dtype), map[string]*node{}}
	for _, s := range samples {
		b.add(s)
	}
	return f
}

// A builder makes a Formula. Inputs of one domain and shape are shared by samples.
type builder struct {
	*Formula
	g      *graph.Graph
	inputs map[string]*node
}

func (b builder) add(s Sample) {
	taken := map[string]int{}
	input := func(o Operand) *node {
		key := fmt.Sprintf("%s%v", o.Values.name, graph.ShapeOf(o.Shape...))
		taken[key]++
		return b.input(fmt.Sprintf("%s/%d", key, taken[key]), o)
	}
	like := func(y *node) *node { return input(Operand{Any, y.Shape().Dims()}) }
	var x, ξ []*node
	for _, o := range s.X {
		x = append(x, input(o))
	}
	y := s.F(x...)
	b.output(s.Name, y)
	if s.Cancels == Always {
		b.cancels[y] = true
	}
	if y.Err() != nil || len(x) == 0 {
		return
	}
	for _, x := range x {
		ξ = append(ξ, like(x))
	}
	derivative := func(name string, d *node) {
		b.output(name, d)
		if s.Cancels != Never {
			b.cancels[d] = true
		}
	}
	derivative("d"+s.Name, graph.JVP(y, x, ξ))
	for i, r := range graph.VJP(y, like(y), x...) {
		name := fmt.Sprintf("r%d%s", i+1, s.Name)
		derivative(name, r)
		if r.Err() != nil || s.Once {
			continue
		}
		for j, rr := range graph.VJP(r, like(r), x...) {
			derivative(fmt.Sprintf("r%d%s", j+1, name), rr)
		}
	}
}

func (b builder) input(name string, o Operand) *node {
	x := b.inputs[name]
	if x == nil {
		x = b.g.Input(name, o.Shape...)
		b.inputs[name] = x
		b.Inputs, b.domains = append(b.Inputs, x), append(b.domains, o.Values)
	}
	return x
}

// output adds a node, if it is one that can be computed, and no other's.
func (b builder) output(name string, y *node) {
	if y.Err() != nil {
		return
	}
	if y.Name() == "" && y.Op() != nil {
		y.Named(name)
	}
	if y.Op() != nil && y.Name() == name && !b.named[name] {
		b.named[name] = true
		b.Outputs = append(b.Outputs, y)
	}
}

// Values returns a value for each input, with N examples. What an input has depends on its
// name, not on the other inputs.
func (f *Formula) Values(n int, seed uint64) []*tensor.Dense {
	var list []*tensor.Dense
	for i, x := range f.Inputs {
		name := fnv.New64()
		io.WriteString(name, x.Name())
		rng := rand.New(rand.NewPCG(seed, name.Sum64()))
		dims := x.Shape().At(n).Dims()
		list = append(list, denseOf(x.Graph().Dtype(), dims, f.domains[i].draw(rng, dims)))
	}
	return list
}

// denseOf returns a tensor of numbers.
func denseOf(dtype tensor.Dtype, dims []int, v []float64) *tensor.Dense {
	single := make([]float32, len(v))
	for i := range v {
		single[i] = float32(v[i])
	}
	if dtype == tensor.Float32 {
		return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(single))
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v))
}
