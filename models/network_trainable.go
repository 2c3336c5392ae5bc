package models

import (
	"fmt"
	"sync"

	"adjoint/data"
	"adjoint/graph"
)

// trainable returns an error for a network that could be built, but would learn nothing
// useful.
func (n *network) trainable(d *data.Dataset) error {
	layers := n.spec.layers
	if last, ok := layers[len(layers)-1].(Dropout); ok && last.Rate > 0 {
		return fmt.Errorf("%w: %v is the last layer, and drops what is predicted; put it before the last Dense", ErrOutputs, last)
	}
	name := n.loss.Name
	ofProbabilities := name == LogLoss.Name || name == CrossEntropy.Name
	if (ofProbabilities || n.kind != Numbers) && noProbability(n.formula.Outputs[0].P) {
		return fmt.Errorf("%w: with the loss %s, %v is no probability, which lies in [0, 1]; %s",
			ErrOutputs, name, n.formula.Outputs[0].P.Op(), n.probabilityCure(ofProbabilities))
	}
	if ofProbabilities = ofProbabilities || name == LogLossFromLogits.Name; n.kind == Multilabel || n.kind == Numbers && ofProbabilities {
		return n.targetsAreShares(d)
	}
	return nil
}

// targetsAreShares returns an error unless all targets lie in [0, 1], or labels are 0 or 1.
func (n *network) targetsAreShares(d *data.Dataset) error {
	targets := targetsOf(d)
	for i, y := range targets.X {
		if k := len(targets.Features); !(0 <= y && y <= 1) || n.kind == Multilabel && y != 0 && y != 1 {
			return fmt.Errorf("%w: target %g (%s) at %s is not %s, as %s wants it; use SquaredError",
				data.ErrLabel, y, targets.Features[i%k], d.Place(i/k), map[bool]string{true: "0 or 1", false: "in [0, 1]"}[n.kind == Multilabel], n.loss.Name)
		}
	}
	return nil
}

// probabilityCure says how to make the network predict probabilities.
func (n *network) probabilityCure(ofProbabilities bool) string {
	activation, logits := Sigmoid.Name, LogLossFromLogits.Name
	if n.kind == Categorical {
		activation, logits = Softmax.Name, CrossEntropyFromLogits.Name
	}
	switch {
	case !ofProbabilities:
		return fmt.Sprintf("end with %s, or give the Loss a Proba", activation)
	case opName(n.formula.Outputs[0].P) == "Bias" || isProduct(opName(n.formula.Outputs[0].P)):
		return fmt.Sprintf("end with %s, or use %s", activation, logits)
	}
	return fmt.Sprintf("end with %s", activation)
}

// noProbability reports whether values of p are known to leave [0, 1], because p is the
// value of a linear layer or of an activation with a larger range.
func noProbability(p *graph.Node) bool {
	if opName(p) == "Bias" || isProduct(opName(p)) {
		return true
	}
	return entrywise(p) && len(p.Inputs()) == 1 && leavesUnit()[opName(p)]
}

// isProduct reports whether the op of that name is φ.
func isProduct(name string) bool { return name == "MatMul" || name == "SparseMatMul" }

// leavesUnit returns the names of the ops of activations with values outside of [0, 1].
var leavesUnit = sync.OnceValue(func() map[string]bool {
	names, x := map[string]bool{}, new(graph.Graph).Input("x", 1, graph.Batch)
	for _, a := range []Activation{Tanh, ReLU, SELU, Softplus, SiLU, GELU, GELUTanh, Mish, Softsign, ELU(1)} {
		names[opName(a.Of(x))] = true
	}
	return names
})
