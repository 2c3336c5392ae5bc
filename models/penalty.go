package models

import (
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/ops"
)

// A Penalty is what is added to the cost for large weights; biases are free.
// With λ the Lambda of the model and N the number of training rows, also where
// the cost is that of a batch, it is as in the listings of 1.2 and 3.2:
type Penalty int

// The penalties.
const (
	NoPenalty Penalty = iota // 0
	L1                       // λ/(2N)·Σ|w|
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
