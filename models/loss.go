package models

import (
	"fmt"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
)

// A Loss is the L of a model: a name and the function of the network's output a
// and the targets y, both (m, N), with one value an example, (1, N). The zero
// Loss stands for the one that fits the last layer.
type Loss struct {
	Name string
	Of   func(a, y *graph.Node) *graph.Node

	// Proba turns the network's output into probabilities, where it is not one
	// already; nil leaves it as it is.
	Proba func(a *graph.Node) *graph.Node
}

// The losses of package ops. LogLoss and CrossEntropy take probabilities, the
// FromLogits forms what comes before the sigmoid or softmax.
var (
	LogLoss                = Loss{Name: "log-loss", Of: ops.LogLoss}
	LogLossFromLogits      = Loss{"log-loss from logits", ops.LogLossFromLogits, ops.Sigmoid}
	CrossEntropy           = Loss{Name: "cross-entropy", Of: ops.CrossEntropy}
	CrossEntropyFromLogits = Loss{"cross-entropy from logits", ops.CrossEntropyFromLogits, Softmax.Of}
	SquaredError           = Loss{Name: "squared error", Of: ops.MSE}
	AbsoluteError          = Loss{Name: "absolute error", Of: ops.MAE}
	HingeLoss              = Loss{Name: "hinge", Of: func(a, y *graph.Node) *graph.Node {
		return ops.Hinge(a, ops.Affine(y, 2, -1)) // classes 0 and 1 are −1 and 1
	}}
)

// HuberLoss is quadratic up to δ and linear beyond.
func HuberLoss(δ float64) Loss {
	return Loss{Name: fmt.Sprintf("Huber (%g)", δ), Of: func(a, y *graph.Node) *graph.Node { return ops.Huber(a, y, δ) }}
}

// A target says what the network's output stands for, and so how labels become
// the node y.
type target int

const (
	binary  target = iota // one output for two classes; y is 0 or 1
	classes               // one output a class; y is one-hot
	number                // regression; y is the number
)

// targetOf says what the outputs of a network stand for in the data set.
func targetOf(d *data.Dataset, outputs int) (target, error) {
	switch k := len(d.Classes); {
	case k == 0 && outputs == 1:
		return number, nil
	case k == 0:
		return 0, fmt.Errorf("%w: %d outputs for one target", ErrOutputs, outputs)
	case k == 2 && outputs == 1:
		return binary, nil
	case k == outputs:
		return classes, nil
	default:
		return 0, fmt.Errorf("%w: %d outputs for %d classes", ErrOutputs, outputs, k)
	}
}

// lossFor returns the loss that fits what the last layer makes of the target.
func lossFor(t target, last string) Loss {
	switch {
	case t == number:
		return SquaredError
	case t == binary && last == Sigmoid.Name:
		return LogLoss
	case t == binary:
		return LogLossFromLogits
	case last == Softmax.Name:
		return CrossEntropy
	default:
		return CrossEntropyFromLogits
	}
}

// A Penalty is what is added to the cost for large weights; biases are free.
type Penalty int

// With λ = Lambda and N the number of training rows, as in the listings of 1.2 and
// 3.2:
const (
	NoPenalty Penalty = iota // 0
	L1                       // λ/(2N)·Σ|w|
	L2                       // λ/(2N)·Σw²
)

// String returns "L1" and the like.
func (p Penalty) String() string { return [...]string{"none", "L1", "L2"}[p] }

// node returns the penalty as a node of the graph, or nil.
func (p Penalty) node(lambda float64, n int, w []*graph.Node) *graph.Node {
	switch {
	case len(w) == 0 || lambda == 0:
		return nil
	case p == L1:
		return ops.L1Penalty(lambda, float64(n), w...)
	case p == L2:
		return ops.L2Penalty(lambda, float64(n), w...)
	}
	return nil
}

func checkPenalty(p Penalty, lambda float64) error {
	if p < NoPenalty || p > L2 || !(lambda >= 0) || lambda > maxNumber {
		return fmt.Errorf("%w: penalty %d with λ = %g", ErrOption, int(p), lambda)
	}
	return nil
}
