package ops

import (
	"fmt"
	"math"

	"adjoint/graph"
)

// ELU is z for z > 0 and α(eᶻ−1) for z ≤ 0, entry by entry (Clevert, Unterthiner
// and Hochreiter, 2015). The error of an α that is negative or not finite wraps
// ErrValue.
//
//	ELU'(z) = 1 for z > 0, αeᶻ for z ≤ 0
func ELU(z *Node, α float64) *Node { return Entrywise(elu{α}, z) }

type elu struct{ α float64 }

func (f elu) Pointwise() *Pointwise {
	p := &Pointwise{
		Name:  fmt.Sprintf("ELU(%g)", f.α),
		is:    named("ELU", f.α),
		G:     func(z float64) float64 { return expLinear(z, 1, f.α) },
		Prime: func(z, _ *Node) *Node { return Entrywise(leftExp{f.α, 1}, z) },
	}
	if !(0 <= f.α && f.α <= math.MaxFloat64) {
		p.Err = fmt.Errorf("%w: α = %g, want 0 ≤ α < ∞", graph.ErrValue, f.α)
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
	is:    named("SELU"),
	G:     func(z float64) float64 { return expLinear(z, seluλ, seluλ*seluα) },
	Prime: func(z, _ *Node) *Node { return Entrywise(leftExp{seluλ * seluα, seluλ}, z) },
}

// expLinear is right·z for z > 0 and left·(eᶻ−1) for z ≤ 0.
func expLinear(z, right, left float64) float64 {
	if z > 0 {
		return right * z
	}
	return left * math.Expm1(z)
}

// leftExp is left·eᶻ for z ≤ 0 and the constant right for z > 0.
//
//	leftExp' = left·eᶻ for z ≤ 0, 0 for z > 0
type leftExp struct{ left, right float64 }

func (f leftExp) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  fmt.Sprintf("ELU'(%g, %g)", f.left, f.right),
		is:    named("StepExp", f.left, f.right),
		G:     f.value,
		Prime: func(z, _ *Node) *Node { return Entrywise(leftExp{f.left, 0}, z) },
	}
}

func (f leftExp) value(z float64) float64 {
	if z > 0 {
		return f.right
	}
	return f.left * math.Exp(z)
}
