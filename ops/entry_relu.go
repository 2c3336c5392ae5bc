package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

func init() {
	graph.Register("LeakyReLU", 1, func(a *graph.Args) graph.Op { return member{leakyReLU{a.Float()}} })
	register("Abs", 1, member{abs{}})
	register("Sign", 1, member{sign{}})
	graph.Register("Clip", 1, func(a *graph.Args) graph.Op { return member{clip{numberOf(a.Float()), numberOf(a.Float())}} })
	register("HardSigmoid", 1, member{hardSigmoid{}})
	graph.Register("Step", 1, func(a *graph.Args) graph.Op { return member{slope{a.Float(), a.Float()}} })
	graph.Register("Window", 1, func(a *graph.Args) graph.Op { return member{window{a.Float(), a.Float(), a.Float()}} })
}

// ReLU is max{0, z}, entry by entry (2.1.3): leaky ReLU with slope β = 0.
//
//	ReLU'(z) = 0 for z < 0, 1 for z ≥ 0
//
// The derivative at 0 is the document's; PyTorch, TensorFlow and JAX have 0.
func ReLU(z *Node) *Node { return LeakyReLU(z, 0) }

// LeakyReLU is ReLU(z; β) = max{βz, z}, entry by entry (2.1.3), for a slope β in
// [0, 1]. The error of any other β, for which that is no leaky ReLU, wraps
// ErrValue.
//
//	ReLU'(z; β) = β for z < 0, 1 for z ≥ 0
//
// The derivative at 0 is the document's; PyTorch and TensorFlow have β.
func LeakyReLU(z *Node, β float64) *Node { return Entrywise(leakyReLU{β}, z) }

type leakyReLU struct{ β float64 }

func (f leakyReLU) Pointwise() *Pointwise {
	if f.β == 0 {
		return theReLU
	}
	p := &Pointwise{
		Name:  fmt.Sprintf("ReLU(%g)", f.β),
		Is:    named("LeakyReLU", f.β),
		Prime: func(z, _ *Node) *Node { return Entrywise(slope{f.β, 1}, z) },
		Fast:  compute.Entrywise(leaky[float32](f.β), leaky[float64](f.β)),
	}
	if !(0 < f.β && f.β <= 1) {
		p.Err = fmt.Errorf("%w: β = %g, want 0 ≤ β ≤ 1", graph.ErrValue, f.β)
	}
	return p
}

var theReLU = &Pointwise{
	Name:  "ReLU",
	Is:    named("LeakyReLU", 0.0),
	Prime: func(z, _ *Node) *Node { return Entrywise(slope{0, 1}, z) },
	Fast:  unary(kernel.Relu[float32], kernel.Relu[float64]),
}

// Fuse makes one op of ReLU, ψ and a convolution.
func (m member) Fuse(a *Node, alone func(*Node) bool) *Node {
	z := a.In(0)
	if m.Family != Family(leakyReLU{0}) || z.Op() != (bias{}) || !alone(z) || !alone(z.In(1)) {
		return nil
	}
	u := z.In(1)
	if op, ok := u.Op().(conv); ok && op.to == toPlaces {
		return graph.Apply(convLayer{op.Window, true}, z.In(0), u.In(0), u.In(1))
	}
	return nil
}

func leaky[T compute.Float](slope float64) func(a []T, z ...[]T) {
	β := T(slope)
	if β == 0 {
		return func(a []T, z ...[]T) { kernel.Relu(a, z[0]) }
	}
	return func(a []T, z ...[]T) {
		for i, z := range z[0] {
			a[i] = max(β*z, z)
		}
	}
}

// Abs is |z|, entry by entry.
//
//	abs'(z) = sign(z), 0 at 0
//
// It has no second derivative at 0; that of sign is 0 there. Squares and even powers of
// it, which have one, are read as those of z.
func Abs(z *Node) *Node { return Entrywise(abs{}, z) }

type abs struct{}

func (abs) Pointwise() *Pointwise { return theAbs }

var theAbs = &Pointwise{
	Name:  "abs",
	Is:    named("Abs"),
	Prime: func(z, _ *Node) *Node { return Sign(z) },
	Fast:  unary(kernel.Abs[float32], kernel.Abs[float64]),
}

// Sign is −1 for z < 0, 0 at 0 and 1 for z > 0, entry by entry, as in NumPy.
//
//	sign' = 0, also at 0
func Sign(z *Node) *Node { return Entrywise(sign{}, z) }

type sign struct{}

func (sign) Pointwise() *Pointwise { return theSign }

var theSign = &Pointwise{
	Name:  "sign",
	Is:    named("Sign"),
	Prime: noSlope,
	Fast:  unary(signs[float32], signs[float64]),
}

func signs[T compute.Float](a, z []T) {
	for i, z := range z {
		switch {
		case z > 0:
			a[i] = 1
		case z < 0:
			a[i] = -1
		default: // 0 and NaN
			a[i] = z
		}
	}
}

// Clip is min{max{z, lo}, hi}, entry by entry: z moved into [lo, hi], where lo or
// hi may be infinite. The error of lo > hi, and of a NaN, wraps ErrValue.
//
//	clip'(z) = 1 for lo ≤ z ≤ hi, else 0
//
// At lo and hi that is PyTorch's clamp.
func Clip(z *Node, lo, hi float64) *Node { return Entrywise(clip{numberOf(lo), numberOf(hi)}, z) }

type clip struct{ least, most number }

func (f clip) Pointwise() *Pointwise {
	lo, hi := f.least.float(), f.most.float()
	p := &Pointwise{
		Name:  fmt.Sprintf("clip(%g, %g)", lo, hi),
		Is:    named("Clip", lo, hi),
		Prime: func(z, _ *Node) *Node { return Entrywise(window{lo, hi, 1}, z) },
		Fast:  compute.Entrywise(clipper[float32](lo, hi), clipper[float64](lo, hi)),
	}
	if !(lo <= hi) {
		p.Err = fmt.Errorf("%w: lo = %g and hi = %g, want lo ≤ hi", graph.ErrValue, lo, hi)
	}
	return p
}

func clipper[T compute.Float](least, most float64) func(a []T, z ...[]T) {
	lo, hi := T(least), T(most)
	return func(a []T, z ...[]T) {
		for i, z := range z[0] {
			a[i] = min(max(z, lo), hi)
		}
	}
}

// HardSigmoid is clip(z/6 + ½, 0, 1) = ReLU6(z+3)/6, entry by entry: the
// convention of PyTorch and Keras 3 (Keras 2 had slope 0.2).
//
//	hardσ'(z) = 1/6 for −3 ≤ z ≤ 3, else 0
//
// At −3 and 3 PyTorch has 0.
func HardSigmoid(z *Node) *Node { return Entrywise(hardSigmoid{}, z) }

type hardSigmoid struct{}

func (hardSigmoid) Pointwise() *Pointwise { return theHardSigmoid }

var theHardSigmoid = &Pointwise{
	Name:  "hardσ",
	Is:    named("HardSigmoid"),
	G:     func(z float64) float64 { return min(max(z+3, 0), 6) / 6 },
	Prime: func(z, _ *Node) *Node { return Entrywise(window{-3, 3, 1.0 / 6}, z) },
}

// slope is the step function left·χ_(−∞,0) + right·χ_[0,∞), by which 2.1.3
// writes ReLU'. NaN stays NaN.
type slope struct{ left, right float64 }

func (f slope) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  fmt.Sprintf("step(%g, %g)", f.left, f.right),
		Is:    named("Step", f.left, f.right),
		Prime: noSlope,
		Fast:  compute.Entrywise(step[float32](f), step[float64](f)),
	}
}

func step[T compute.Float](f slope) func(a []T, z ...[]T) {
	left, right := T(f.left), T(f.right)
	return func(a []T, z ...[]T) {
		for i, z := range z[0] {
			switch {
			case z < 0:
				a[i] = left
			case z >= 0:
				a[i] = right
			default:
				a[i] = z
			}
		}
	}
}

// window is height·χ_[lo,hi]. NaN stays NaN.
type window struct{ lo, hi, height float64 }

func (f window) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  fmt.Sprintf("%g·χ[%g, %g]", f.height, f.lo, f.hi),
		Is:    named("Window", f.lo, f.hi, f.height),
		Prime: noSlope,
		Fast:  compute.Entrywise(inside[float32](f), inside[float64](f)),
	}
}

func inside[T compute.Float](f window) func(a []T, z ...[]T) {
	lo, hi, height := T(f.lo), T(f.hi), T(f.height)
	return func(a []T, z ...[]T) {
		for i, z := range z[0] {
			switch {
			case lo <= z && z <= hi:
				a[i] = height
			case z != z:
				a[i] = z
			default:
				a[i] = 0
			}
		}
	}
}

// noSlope is the derivative of a function that is constant but for its jumps.
func noSlope(_, _ *Node) *Node { return nil }
