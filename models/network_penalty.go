package models

import (
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"
)

// A Penalty is a term of the cost that grows with the weights, but not with the
// biases. It is as in the listings of 1.2 and 3.2, where λ is the Lambda of the model
// and N is the number of training rows, also in the cost of a batch:
type Penalty int

// The penalties.
const (
	NoPenalty Penalty = iota // 0
	L1                       // λ/(2N)·Σ|w|, which sets weights to 0: see Deep.Penalty
	L2                       // λ/(2N)·Σw²
)

// String returns "none", "L1" or "L2".
func (p Penalty) String() string {
	switch p {
	case NoPenalty:
		return "none"
	case L1:
		return "L1"
	case L2:
		return "L2"
	}
	return fmt.Sprintf("Penalty(%d)", int(p))
}

// A penaltyMode is how a penalty acts on the weights.
type penaltyMode int

const (
	byGradient penaltyMode = iota // it is a part of the cost, and of its gradient
	bySteps                       // by proximal steps of the rule; in the cost it is a constant
	bySolver                      // the solver adds it to the cost
)

// mode returns how p acts in a search, or in a training by a rule.
func (p Penalty) mode(rule optim.Rule, search bool) penaltyMode {
	switch {
	case p == L1 && search:
		return bySolver
	case p == L1 && optim.Proximal(rule):
		return bySteps
	}
	return byGradient
}

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

func (p Penalty) check(lambda float64) error {
	if p < NoPenalty || p > L2 {
		return fmt.Errorf("%w: %v", ErrOption, p)
	}
	if !(lambda >= 0 && lambda <= math.MaxFloat64) {
		return fmt.Errorf("%w: Lambda = %g", ErrOption, lambda)
	}
	return nil
}
