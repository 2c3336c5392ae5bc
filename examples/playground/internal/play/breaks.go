package play

import (
	"adjoint/graph"
	"adjoint/ops"
)

// A Break is a switch for a mistake that is made in practice.
type Break struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Watch string `json:"watch"` // what to look at
	Why   string `json:"why"`

	change func(c *Config)                  // makes the mistake show
	seen   func(s *Session) ([]Fact, error) // what it has done so far, in numbers
}

// A Fact is a number to look at, or two to compare.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Wrong bool   `json:"wrong"` // it shows the mistake
}

// Breaks are the switches, in the order of the page.
func Breaks() []Break { return breaks }

func breakOf(key string) *Break {
	for i := range breaks {
		if breaks[i].Key == key {
			return &breaks[i]
		}
	}
	return nil
}

var breaks = []Break{
	{
		Key: "equal", Title: "Equal weights at the start",
		Watch:  "All rows of w[1] stay equal: the layer computes one number, as often as it has units.",
		Why:    "Units with equal weights have equal z, equal a and equal cotangents, so r₁φ moves them alike, for ever. Draw the weights at random.",
		change: func(c *Config) { c.atLeastOneLayer() },
		seen:   equalRows,
	},
	{
		Key: "rate", Title: "Too large a rate",
		Watch:  "The cost jumps up and down, or ends in NaN.",
		Why:    "w − rJ(α) goes downhill only where J is near its tangent. Beyond 2/(largest curvature) each step lands higher on the other side.",
		change: func(c *Config) { c.Rule, c.Rate = "sgd", 40 },
		seen:   risingCost,
	},
	{
		Key: "literal", Title: "The log-loss word by word",
		Watch:  "With large weights σ(z) rounds to 0 or 1, the loss is infinite, and the gradient NaN: nothing moves.",
		Why:    "−y ln a − (1−y) ln(1−a) of a rounded a has lost z. As a function of z it is max(z, 0) − yz + ln(1 + e^−|z|), and its derivative a − y. The engine reads L∘σ that way; here that is switched off.",
		change: func(c *Config) { c.Loss, c.Data = "log-loss", "moons" },
		seen:   literalLoss,
	},
	{
		Key: "sum", Title: "A sum for a mean",
		Watch:  "Every gradient is as many times too long as the batch has rows.",
		Why:    "J is the mean of L: its r hands 1/N to each example. Without 1/N a rate that was right for 32 rows is 32 times too large, and changes with the batch.",
		change: func(c *Config) { c.Rule, c.Rate = "sgd", max(c.Rate, 0.5) },
		seen:   sumForMean,
	},
	{
		Key: "transpose", Title: "A lost transpose",
		Watch:  "The law fails at φ[2]: ⟨r₂φ(ζ), ξ⟩ is not ⟨ζ, dφ(ξ)⟩. Layer 1 moves in a wrong direction.",
		Why:    "r₂φ(ζ) = wᵀζ. As wζ it has the right shape here, because the layer is square, and so nothing complains. Only the law, or differences, can tell.",
		change: func(c *Config) { c.Layers = []int{4, 4} },
		seen:   lawFails,
	},
	{
		Key: "dead", Title: "Dead ReLU",
		Watch:  "The first layer is 0 for every example, and so is every cotangent behind it.",
		Why:    "Where z < 0 ReLU′ is 0: rG(ζ) = G′(z)⊙ζ = 0. A unit that is below 0 for all examples gets no gradient, and never comes back. Smaller rates, another start, or a leaky ReLU.",
		change: func(c *Config) { c.Activation = "relu"; c.atLeastOneLayer() },
		seen:   deadUnits,
	},
	{
		Key: "penalty", Title: "A penalty over the batch",
		Watch:  "The weights shrink to nothing, and the cost stays near that of guessing.",
		Why:    "The penalty is λ/(2N)·Σw² with N the number of training examples. With the size of the batch in its place it is N/batch times as strong, and changes when the batch does.",
		change: func(c *Config) { c.Batch, c.Lambda = 8, max(c.Lambda, 4) },
		seen:   penaltyOverBatch,
	},
	{
		Key: "scale", Title: "Features not scaled",
		Watch:  "One feature is a hundred times the other. It alone decides: the boundary is a set of stripes, most units are saturated, and the cost hardly goes down.",
		Why:    "r₁φ(ζ) = ζxᵀ: a feature that is 100 times as large has a gradient 100 times as large and a curvature 10 000 times. A rate that is safe for it is far too small for the rest. Standardise.",
		change: func(c *Config) { c.Rule = "sgd" },
		seen:   unscaled,
	},
	{
		Key: "differences", Title: "Differences in float32",
		Watch: "No step h gives more than three or four digits, and a small one gives none.",
		Why:   "(J(w+h) − J(w))/h subtracts two numbers that agree in most digits. float32 has seven. Reverse derivatives subtract nothing, and cost one run in place of one for every weight.",
		seen:  differences32,
	},
}

func (c *Config) atLeastOneLayer() {
	if len(c.Layers) == 0 {
		c.Layers = []int{4}
	}
}

// A lostTranspose is φ with a wrong r: wζ where wᵀζ belongs.
type lostTranspose struct{ graph.Op }

func (o lostTranspose) Reverse(y, ζ *graph.Node) []*graph.Node {
	w, x := y.In(0), y.In(1)
	return []*graph.Node{ops.MatMul(ζ, ops.T(x)), ops.MatMul(w, ζ)}
}

// Differential is that of φ, so that it is r that breaks the law.
func (o lostTranspose) Differential(y *graph.Node, ξ ...*graph.Node) *graph.Node {
	var terms []*graph.Node
	if ξ[0] != nil {
		terms = append(terms, ops.MatMul(ξ[0], y.In(1)))
	}
	if ξ[1] != nil {
		terms = append(terms, ops.MatMul(y.In(0), ξ[1]))
	}
	if len(terms) == 2 {
		return ops.Add(terms[0], terms[1])
	}
	return terms[0]
}
