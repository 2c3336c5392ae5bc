package models

import (
	"adjoint/graph"
	"adjoint/ops"
)

// An Activation is the G of a layer. Its name appears in Summary and in [Config].
// The zero Activation is the identity. Any function of nodes makes one:
//
//	models.Activation{Name: "square", Of: ops.Square}
type Activation struct {
	Name string
	Of   func(z *graph.Node) *graph.Node
}

// The activations of package ops, by Keras's names.
var (
	Linear      = Activation{Name: "linear"}
	Sigmoid     = Activation{"sigmoid", ops.Sigmoid}
	Tanh        = Activation{"tanh", ops.Tanh}
	ReLU        = Activation{"relu", ops.ReLU}
	SELU        = Activation{"selu", ops.SELU}
	Softplus    = Activation{"softplus", ops.Softplus}
	SiLU        = Activation{"silu", ops.SiLU}
	GELU        = Activation{"gelu", ops.GELU}
	GELUTanh    = Activation{"gelu_tanh", ops.GELUTanh}
	Mish        = Activation{"mish", ops.Mish}
	Softsign    = Activation{"softsign", ops.Softsign}
	HardSigmoid = Activation{"hard_sigmoid", ops.HardSigmoid}
	Softmax     = Activation{"softmax", func(z *graph.Node) *graph.Node { return ops.Softmax(z, 0) }}
)

// LeakyReLU is max{βz, z}, for 0 ≤ β ≤ 1 (2.1.3).
func LeakyReLU(β float64) Activation {
	return Activation{"leaky_relu", func(z *graph.Node) *graph.Node { return ops.LeakyReLU(z, β) }}
}

// ELU is z for z > 0, else α(eᶻ−1).
func ELU(α float64) Activation {
	return Activation{"elu", func(z *graph.Node) *graph.Node { return ops.ELU(z, α) }}
}

// activationNamed returns the activation of that name. Parameters are PyTorch's
// defaults: slope 0.01, α = 1. The empty name is the identity.
func activationNamed(name string) (Activation, bool) {
	for _, a := range []Activation{
		{}, Linear, Sigmoid, Tanh, ReLU, SELU, Softplus, SiLU, GELU, GELUTanh, Mish, Softsign, HardSigmoid, Softmax,
		LeakyReLU(0.01), ELU(1),
	} {
		if a.Name == name {
			return a, true
		}
	}
	return Activation{}, false
}

func (a Activation) apply(z *graph.Node) *graph.Node {
	if a.Of == nil {
		return z
	}
	return a.Of(z)
}

// isRectifier reports whether He's initialisation keeps the scale of activations
// and gradients. For the other activations Glorot's does.
func (a Activation) isRectifier() bool {
	switch a.Name {
	case "relu", "leaky_relu", "elu", "silu", "gelu", "gelu_tanh", "mish", "softplus":
		return true
	}
	return false
}
