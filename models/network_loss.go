package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
)

// A Loss is the L of a model. Of maps the network's output a and the targets y, both
// (m, N), to a value for each example, (1, N). The zero Loss stands for the one that
// fits the last layer:
//
//	two classes, one output      log-loss, of σ or from logits
//	an output a class            cross-entropy, of softmax or from logits
//	a number, several numbers    squared error
//	several labels, of σ         log-loss
type Loss struct {
	Name string
	Of   func(a, y *graph.Node) *graph.Node

	// Proba turns the network's output a into probabilities of the same shape. nil
	// means that the output is a prediction already.
	Proba func(a *graph.Node) *graph.Node
}

// The losses of package ops. LogLoss and CrossEntropy take probabilities. The
// FromLogits forms take logits, the inputs of the sigmoid or the softmax. HingeLoss
// takes margins, positive for the second of two classes, or for the class of each
// output. Its probabilities are σ(a), which is ½ at margin 0.
var (
	LogLoss                = Loss{Name: "log-loss", Of: ops.LogLoss}
	LogLossFromLogits      = Loss{"log-loss from logits", ops.LogLossFromLogits, ops.Sigmoid}
	CrossEntropy           = Loss{Name: "cross-entropy", Of: ops.CrossEntropy}
	CrossEntropyFromLogits = Loss{"cross-entropy from logits", ops.CrossEntropyFromLogits, Softmax.Of}
	SquaredError           = Loss{Name: "squared error", Of: ops.SquaredError}
	AbsoluteError          = Loss{Name: "absolute error", Of: ops.AbsoluteError}
	HingeLoss              = Loss{"hinge", func(a, y *graph.Node) *graph.Node {
		return ops.Hinge(a, ops.Affine(y, 2, -1)) // classes 0 and 1 are −1 and 1
	}, ops.Sigmoid}
)

// HuberLoss is quadratic up to δ and linear beyond.
func HuberLoss(δ float64) Loss {
	return Loss{Name: fmt.Sprintf("Huber (%g)", δ), Of: func(a, y *graph.Node) *graph.Node { return ops.Huber(a, y, δ) }}
}

// lossFor returns the loss that fits the output a.
func lossFor(t Kind, a *graph.Node) (Loss, error) {
	op := opName(a)
	switch {
	case t == Numbers:
		return SquaredError, nil
	case (t == Binary || t == Multilabel) && op == "Sigmoid":
		return LogLoss, nil
	case t == Categorical && op == "Softmax":
		return CrossEntropy, nil
	case isNonlinear(a):
		return Loss{}, fmt.Errorf("%w: no loss is the natural one for %v; set Loss", ErrOutputs, a.Op())
	case t == Binary:
		return LogLossFromLogits, nil
	}
	return CrossEntropyFromLogits, nil
}

// fits returns an error for a loss whose minimum does not depend on the features.
func (l Loss) fits(t Kind, a *graph.Node) error {
	op := opName(a)
	switch {
	case t != Categorical && (l.Name == CrossEntropy.Name || l.Name == CrossEntropyFromLogits.Name):
		return fmt.Errorf("%w: %s of an output that is %v, want an output for each class or log-loss", ErrOutputs, l.Name, t)
	case (op == "Sigmoid" || op == "Softmax") && (l.Name == LogLossFromLogits.Name || l.Name == CrossEntropyFromLogits.Name):
		return fmt.Errorf("%w: %s of a %v, which is a probability already", ErrOutputs, l.Name, a.Op())
	}
	return nil
}

// opName returns the name of a's op, or "" if it has none.
func opName(a *graph.Node) string {
	if d, ok := a.Op().(graph.Describer); ok {
		return d.Describe().Name
	}
	return ""
}

// entrywise reports whether an entry of a depends on the same entry of what a is
// computed from.
func entrywise(a *graph.Node) bool { return a.Op() != nil && a.Op().Kernel().IsEntrywise() }

// isNonlinear reports whether a is the value of an activation, and so not a logit: a
// softmax, or a function of each entry that is not affine.
func isNonlinear(a *graph.Node) bool {
	return opName(a) == "Softmax" || entrywise(a) && len(a.Inputs()) == 1 && opName(a) != "Affine"
}
