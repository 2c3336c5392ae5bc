package graph

import (
	"fmt"

	"adjoint/compute"
)

// Phase is what a formula does otherwise while it is trained: the node training there, and
// prediction everywhere else. Both have one shape. A dropout is
//
//	graph.Phase(drop(x, g.Random("u", …)), x)
//
// A Program, a derivative and a file of the formula have the prediction: Phase is a name
// for that node. Training, as packages optim and models do it, takes [InTraining] first.
//
//	d(ξ, η) = η     r(ζ) = (none, ζ)
func Phase(training, prediction *Node) *Node { return Apply(phase{}, training, prediction) }

type phase struct{}

var (
	_ Differentialer = phase{}
	_ Stabler        = phase{}
	_ Describer      = phase{}
)

func init() { Register("Phase", 2, func(*Args) Op { return phase{} }) }

func (phase) String() string                         { return "phase" }
func (phase) Kernel() compute.Kernel                 { return compute.Entrywise(second[float32], second[float64]) }
func (phase) Reverse(_, ζ *Node) []*Node             { return []*Node{nil, ζ} }
func (phase) Differential(_ *Node, ξ ...*Node) *Node { return ξ[1] }
func (phase) Stable(y *Node) *Node                   { return y.in[1] }
func (phase) Describe() Description                  { return Description{Name: "Phase"} }
func second[T compute.Float](y []T, x ...[]T)        { copy(y, x[1]) }

func (phase) Shape(x ...Shape) (Shape, error) {
	if x[0] != x[1] {
		return Shape{}, fmt.Errorf("%v in training, %v in prediction: %w", x[0], x[1], ErrShape)
	}
	return x[0], nil
}

// InTraining returns the nodes y as they are in training, each Phase being its first
// input: y themselves, if they depend on no Phase. What has to be made anew is appended to
// the graph.
func InTraining(y ...*Node) []*Node { return inPhase(0, y) }

// InPrediction returns the nodes y as they are in prediction, each Phase being its second
// input.
func InPrediction(y ...*Node) []*Node { return inPhase(1, y) }

func inPhase(which int, y []*Node) []*Node {
	if firstError(y) != nil || len(y) == 0 {
		return y
	}
	sub, low := map[*Node]*Node{}, 0
	for n := range inCone(y) {
		if _, ok := n.op.(phase); ok {
			if len(sub) == 0 {
				low = n.id
			}
			sub[n] = substitute(n.in[which:which+1], low, sub)[0]
		}
	}
	if len(sub) == 0 {
		return y
	}
	return substitute(y, low, sub)
}
