package models

import (
	"fmt"

	"adjoint/graph"
)

// A known is an activation or a loss that files refer to by name. of returns it for
// its parameter.
type known[T any] struct {
	name string
	of   func(parameter float64) T
}

func constant[T any](v T) func(float64) T { return func(float64) T { return v } }

// The names of activations in files. They never change.
var knownActivations = []known[Activation]{
	{"linear", constant(Linear)}, {"sigmoid", constant(Sigmoid)}, {"tanh", constant(Tanh)}, {"relu", constant(ReLU)},
	{"selu", constant(SELU)}, {"softplus", constant(Softplus)}, {"silu", constant(SiLU)}, {"gelu", constant(GELU)},
	{"gelu_tanh", constant(GELUTanh)}, {"mish", constant(Mish)}, {"softsign", constant(Softsign)},
	{"hard_sigmoid", constant(HardSigmoid)}, {"softmax", constant(Softmax)},
	{"leaky_relu", LeakyReLU}, {"elu", ELU},
}

// The names of losses in files. They never change.
var knownLosses = []known[Loss]{
	{"log_loss", constant(LogLoss)}, {"log_loss_from_logits", constant(LogLossFromLogits)},
	{"cross_entropy", constant(CrossEntropy)}, {"cross_entropy_from_logits", constant(CrossEntropyFromLogits)},
	{"squared_error", constant(SquaredError)}, {"absolute_error", constant(AbsoluteError)}, {"hinge", constant(HingeLoss)},
	{"huber", HuberLoss},
}

func (n functionJSON) activation() (Activation, error) {
	return named("activation", knownActivations, n)
}

func (n functionJSON) loss() (Loss, error) { return named("loss", knownLosses, n) }

func named[T any](what string, all []known[T], n functionJSON) (v T, err error) {
	for _, k := range all {
		if k.name == n.Name {
			return k.of(n.Parameter), nil
		}
	}
	return v, fmt.Errorf("%w: %s %q", ErrFormat, what, n.Name)
}

// encodeActivation names an activation of a layer with so many units. It compares
// nodes, not the field Name: in one graph, equal ops of equal inputs are one node.
func encodeActivation(a Activation, units int) (functionJSON, bool) {
	z := graph.New().Input("z", units, graph.Batch)
	return encodeFunction(knownActivations, a, func(a Activation) []*graph.Node {
		return []*graph.Node{a.apply(z)}
	})
}

// encodeLoss names the loss of a network with so many outputs.
func encodeLoss(l Loss, outputs int) (functionJSON, bool) {
	g := graph.New()
	a, y := g.Input("a", outputs, graph.Batch), g.Input("y", outputs, graph.Batch)
	return encodeFunction(knownLosses, l, func(l Loss) []*graph.Node {
		if l.Proba == nil {
			return []*graph.Node{l.Of(a, y), a}
		}
		return []*graph.Node{l.Of(a, y), l.Proba(a)}
	})
}

// encodeFunction names the known function for which build returns the nodes that it
// returns for v.
func encodeFunction[T any](all []known[T], v T, build func(T) []*graph.Node) (functionJSON, bool) {
	want := build(v)
	parameter := parameterOf(want[0])
	for _, k := range all {
		for _, p := range []float64{0, parameter} {
			if sameNodes(build(k.of(p)), want) {
				return functionJSON{k.name, p}, true
			}
		}
	}
	return functionJSON{}, false
}

func sameNodes(a, b []*graph.Node) bool {
	for i := range a {
		if a[i] != b[i] || a[i].Err() != nil {
			return false
		}
	}
	return true
}

// parameterOf returns the first number among the arguments of n's op, or 0.
func parameterOf(n *graph.Node) float64 {
	if d, ok := n.Op().(graph.Describer); ok {
		for _, arg := range d.Describe().Args {
			if p, ok := arg.(float64); ok {
				return p
			}
		}
	}
	return 0
}
