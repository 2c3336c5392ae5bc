package ops_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// The losses of labels, however they are written: of σ, softmax, moved and not, fused
// and not. Those of a distribution take weights.
var labelled = []struct {
	name    string
	weights bool
	f       func(z, y *node) *node
}{
	{"L(a, y)", false, func(z, y *node) *node { return ops.LogLoss(ops.Clip(z, 0.1, 0.9), y) }},
	{"L(σ(z), y)", false, func(z, y *node) *node { return ops.LogLoss(ops.Sigmoid(z), y) }},
	{"L∘σ", false, ops.LogLossFromLogits},
	{"L(1−σ(z), y)", false, func(z, y *node) *node { return ops.LogLoss(ops.OneMinus(ops.Sigmoid(z)), y) }},
	{"L(softmax, y)", false, func(z, y *node) *node { return ops.LogLoss(ops.Softmax(z, 0), y) }},
	{"L(½(1+tanh), y)", false, func(z, y *node) *node { return ops.LogLoss(ops.Affine(ops.Tanh(z), 0.5, 0.5), y) }},
	{"L(moved σ(z), y)", false, func(z, y *node) *node { return ops.LogLoss(ops.T(ops.Sigmoid(ops.T(z))), y) }},
	{"L(a, y/2+y/2)", false, func(z, y *node) *node {
		half := ops.Scale(0.5, y)
		return ops.LogLoss(ops.Sigmoid(z), ops.Add(half, half))
	}},
	{"crossEntropy(a, y)", true, func(z, y *node) *node { return ops.CrossEntropy(ops.Clip(z, 0.1, 0.9), y) }},
	{"crossEntropy(softmax)", true, func(z, y *node) *node { return ops.CrossEntropy(ops.Softmax(z, 0), y) }},
	{"crossEntropy∘softmax", true, ops.CrossEntropyFromLogits},
	{"crossEntropy(σ)", true, func(z, y *node) *node { return ops.CrossEntropy(ops.Sigmoid(z), y) }},
	{"KL(y, a)", true, func(z, y *node) *node { return ops.KL(y, ops.Clip(z, 0.1, 0.9)) }},
	{"focal(a, y)", false, func(z, y *node) *node { return ops.FocalLoss(ops.Clip(z, 0.1, 0.9), y, 2) }},
	{"focal(σ(z), y)", false, func(z, y *node) *node { return ops.FocalLoss(ops.Sigmoid(z), y, 2) }},
	{"L(σ(z)², y)", false, func(z, y *node) *node { return ops.LogLoss(ops.Square(ops.Sigmoid(z)), y) }},
	{"KL(y, softmax)", true, func(z, y *node) *node { return ops.KL(y, ops.Softmax(z, 0)) }},
}

// A label that is no label is an error of Run that names it, where it is and the op,
// with and without fusion, also if it comes after good ones.
func TestLabels(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, l := range labelled {
		for _, dtype := range floatTypes {
			for _, noFuse := range []bool{false, true} {
				for _, m := range []int{1, 3} {
					g := graph.NewOf(dtype)
					z, y := g.Input("z", m, batch), g.Input("y", m, batch)
					j := ops.Mean(l.f(z, y))
					p, err := graph.Options{NoFuse: noFuse}.Compile(j, graph.Gradient(j, z)[0])
					if err != nil {
						t.Fatal(err)
					}
					run := func(label float64) error {
						labels := []float64{0, 1, 0.25, 1, 0, 1, 0, 0.75, 1}
						labels[3*m-2] = label
						return errors.Join(p.Feed(z, dense(dtype, make([]float64, 3*m), m, 3)),
							p.Feed(y, dense(dtype, labels[:3*m], m, 3)), p.Run())
					}
					for _, label := range []float64{-1, nan, inf, -inf, -1e-30, 2, 1.0000001} {
						err := run(label)
						if l.weights && label > 1 && label < inf {
							if err != nil {
								t.Errorf("%s: weight %g: %v", l.name, label, err)
							}
							continue
						}
						at := map[int]string{1: "row 0, column 1", 3: "row 2, column 1"}[m]
						if !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), at) {
							t.Errorf("%s, %v, %d rows: label %g: %v", l.name, dtype, m, label, err)
						}
					}
					for _, label := range []float64{0, math.Copysign(0, -1), 1, 0.5, 1e-30, 1 - 1e-7} {
						if err := run(label); err != nil {
							t.Errorf("%s, %v: label %g: %v", l.name, dtype, label, err)
						}
					}
				}
			}
		}
	}
}

// Where a formula is computed in blocks of examples, each refuses its own.
func TestLabelsInBlocks(t *testing.T) {
	const features, n = 8, 60000
	for _, l := range labelled[1:3] {
		for _, at := range []int{0, n / 2, n - 1} {
			g := graph.New()
			w := matrix(g, "w", make([]float64, features))
			x, y := g.Input("x", features, batch), g.Input("y", 1, batch)
			j := ops.Mean(l.f(ops.MatMul(w, x), y))
			p, err := graph.Compile(j, graph.Gradient(j, w)[0])
			if err != nil {
				t.Fatal(err)
			}
			labels := make([]float64, n)
			feed := func() error {
				return errors.Join(p.Feed(x, tensor.New(tensor.WithShape(features, n), tensor.WithBacking(make([]float64, features*n)))),
					p.Feed(y, dense(g.Dtype(), labels, 1, n)), p.Run())
			}
			if err := feed(); err != nil {
				t.Fatal(err)
			}
			labels[at] = 3
			if err := feed(); !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), "label 3") || !strings.Contains(err.Error(), "examples from") {
				t.Errorf("%s: label %d of %d: %v", l.name, at, n, err)
			}
		}
	}
}

// The labels of a classification counted from 1 are refused, as class numbers are.
func TestClassesFromOne(t *testing.T) {
	g := graph.New()
	z, y := matrix(g, "z", []float64{3, -3, 8}), g.Constant("y", dense(g.Dtype(), []float64{1, 2, 3}, 1, 3))
	p, err := graph.Compile(ops.Mean(ops.LogLoss(ops.Sigmoid(z), y)))
	if err != nil {
		t.Fatal(err)
	}
	err = p.Run()
	for _, part := range []string{"L∘σ(", "y (1, 3)", "label 2", "column 1", "from 0 to 1"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

// So are those of a program that computes a derivative and no loss: a gradient, in z or in
// a = clip(z), the gradient of a gradient, in blocks of examples or not, also where y is
// computed, and where somebody has built the same formulas by hand before.
func TestLabelsOfGradientAlone(t *testing.T) {
	sum := func(x *node) *node { return ops.Sum(x) }
	for _, l := range labelled {
		for name, derivative := range map[string]func(j, z *node) *node{
			"gradient":          func(j, z *node) *node { return graph.Gradient(j, z)[0] },
			"gradient, reduced": func(j, z *node) *node { return sum(ops.Square(graph.Gradient(j, z)[0])) },
			"second gradient": func(j, z *node) *node {
				return graph.Gradient(sum(ops.Square(graph.Gradient(j, z)[0])), z)[0]
			},
		} {
			for _, o := range []graph.Options{{}, {NoFuse: true}, {NoStable: true}} {
				for _, n := range []int{2, 20000} {
					g := graph.New()
					z, y, other := g.Input("z", 2, batch), g.Input("y", 2, batch), g.Input("other", 2, batch)
					ops.Sub(ops.Sigmoid(z), y)
					ops.Sub(ops.Softmax(z, 0), y)
					labels, bad := make([]float64, 2*n), 2.5
					if labels[2*n-1] = bad; l.weights {
						labels[2*n-1] = -1
					}
					p, err := o.Compile(derivative(ops.Mean(l.f(z, ops.Add(y, other))), z))
					if err != nil {
						t.Fatal(err)
					}
					zeros := dense(g.Dtype(), make([]float64, 2*n), 2, n)
					err = errors.Join(p.Feed(z, zeros), p.Feed(y, dense(g.Dtype(), labels, 2, n)), p.Feed(other, zeros), p.Run())
					if !errors.Is(err, graph.ErrValue) {
						t.Errorf("%s, %s, %+v, %d examples: %v", l.name, name, o, n, err)
					}
				}
			}
		}
	}
}

// A hinge loss takes labels from −1 to 1, and so does its derivative.
func TestLabelsOfHinge(t *testing.T) {
	for _, c := range []struct {
		label float64
		good  bool
	}{{-1, true}, {1, true}, {0.5, true}, {2, false}, {-1.5, false}, {math.NaN(), false}} {
		g := graph.New()
		z, y := matrix(g, "z", []float64{3, -3}), g.Constant("y", dense(g.Dtype(), []float64{1, c.label}, 1, 2))
		j := ops.Mean(ops.Hinge(z, y))
		for name, output := range map[string]*node{"loss": j, "gradient": graph.Gradient(j, z)[0]} {
			p, err := graph.Compile(output)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); errors.Is(err, graph.ErrValue) == c.good {
				t.Errorf("%s, label %g: %v", name, c.label, err)
			}
		}
	}
}
