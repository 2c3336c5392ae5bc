package ops

import (
	"fmt"
	"math"

	"adjoint/graph"
)

func init() {
	graph.Register("ELU", 1, func(a *graph.Args) graph.Op { return member{elu{numberOf(a.Float())}} })
	register("SELU", 1, member{selu{}})
	graph.Register("StepExp", 1, func(a *graph.Args) graph.Op { return member{leftExp{numberOf(a.Float()), numberOf(a.Float())}} })
}

// ELU is z for z > 0 and α(eᶻ−1) for z ≤ 0, entry by entry (Clevert, Unterthiner
// and Hochreiter, 2015). The error of an α that is negative or not finite wraps
// ErrValue.
//
//	ELU'(z) = 1 for z > 0, αeᶻ for z ≤ 0
func ELU(z *Node, α float64) *Node { return Entrywise(elu{numberOf(α)}, z) }

type elu struct{ left number }

func (f elu) Pointwise() *Pointwise {
	α := f.left.float()
	p := &Pointwise{
		Name:  fmt.Sprintf("ELU(%g)", α),
		Is:    named("ELU", α),
		G:     func(z float64) float64 { return expLinear(z, 1, α) },
		Prime: func(z, _ *Node) *Node { return leftExpOf(z, α, 1) },
	}
	if !(0 <= α && α <= math.MaxFloat64) {
		p.Err = fmt.Errorf("%w: α = %g, want 0 ≤ α < ∞", graph.ErrValue, α)
	}
	return p
}

// The constants of SELU, from the paper's fixed point of mean 0 and variance 1.
const (
	seluα = 1.6732632423543772848170429916717
	seluλ = 1.0507009873554804934193349852946
)

// SELU is λ·ELU(z; α), entry by entry, with α ≈ 1.6733 and λ ≈ 1.0507 such that
// activations of mean 0 and variance 1 stay so (Klambauer et al., 2017).
//
//	SELU'(z) = λ for z > 0, λαeᶻ for z ≤ 0
func SELU(z *Node) *Node { return Entrywise(selu{}, z) }

type selu struct{}

func (selu) Pointwise() *Pointwise { return theSelu }

var theSelu = &Pointwise{
	Name:  "SELU",
	Is:    named("SELU"),
	G:     func(z float64) float64 { return expLinear(z, seluλ, seluλ*seluα) },
	Prime: func(z, _ *Node) *Node { return leftExpOf(z, seluλ*seluα, seluλ) },
}

// expLinear is right·z for z > 0 and left·(eᶻ−1) for z ≤ 0.
func expLinear(z, right, left float64) float64 {
	if z > 0 {
		return right * z
	}
	return left * math.Expm1(z)
}

// leftExpOf is left·eᶻ for z ≤ 0 and the constant right for z > 0.
//
//	leftExp' = left·eᶻ for z ≤ 0, 0 for z > 0
func leftExpOf(z *Node, left, right float64) *Node {
	return Entrywise(leftExp{numberOf(left), numberOf(right)}, z)
}

type leftExp struct{ left, right number }

func (f leftExp) Pointwise() *Pointwise {
	left, right := f.left.float(), f.right.float()
	return &Pointwise{
		Name: fmt.Sprintf("ELU'(%g, %g)", left, right),
		Is:   named("StepExp", left, right),
		G: func(z float64) float64 {
			if z > 0 {
				return right
			}
			return left * math.Exp(z)
		},
		Prime: func(z, _ *Node) *Node { return leftExpOf(z, left, 0) },
	}
}
