package optest

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// A hint is a hypothesis that was tested: the gradient with one mistake in its
// derivation is the one that was derived by hand.

// hint returns what explains the hand-derived gradient, the engine's being right.
func (c *gradients) hint() string {
	const most = 500 // edges of a formula whose every mistake is tried
	hand, right, factors := c.hand.entries, c.engine.entries, c.factors()
	for i, v := range hand {
		if !isFinite(v) && isFinite(right[i]) {
			return "the hand-derived gradient is not finite: a division by 0, or a logarithm of 0?"
		}
	}
	s, err := c.newSweep(c.j, c.w)
	swept := err == nil && len(s.edges) <= most && len(c.differing(&column{entries: s.gradient, tolerance: c.likeness()}, &c.engine)) == 0
	if swept {
		right = s.gradient // in float64
	}
	switch ratio, ok := ratio(hand, right, c.likeness()); {
	case allZero(right):
		return costName(c.j) + " does not depend on " + nameOf(c.w) + " here: its gradient is 0"
	case allZero(hand):
		return "the hand-derived gradient is 0, but " + costName(c.j) + " depends on " + nameOf(c.w)
	case ok && factors.name(ratio) != "":
		return fmt.Sprintf("hand is %.6g times what it should be: %s", ratio, factors.name(ratio))
	case transposed(hand, right, c.w.Shape().At(c.n).Dims(), 1, c.likeness()):
		return "hand is the transpose of what it should be: are the operands of a product swapped, xδᵀ for δxᵀ?"
	}
	if swept {
		m := mistakes{s, hand, differenceOf(hand, right), factors, c.likeness()}
		if hint := m.scaled(); hint != "" {
			return hint
		}
		for text, gradient := range m.edited() {
			if m.explained(gradient) {
				return text
			}
		}
	}
	return c.pattern(right)
}

// likeness is the relative tolerance within which a hypothesis explains a gradient.
func (c *gradients) likeness() float64 { return math.Min(math.Max(1e-6, 10*c.tolerance), 1e-3) }

// pattern is a hint that no derivation gives, for what is left.
func (c *gradients) pattern(right []float64) string {
	hand, worst := c.hand.entries, 0.
	for i := range hand {
		worst = math.Max(worst, math.Abs(hand[i]-right[i])/c.size(right[i]))
	}
	switch ratio, ok := ratio(hand, right, c.likeness()); {
	case worst < 1e-2:
		return fmt.Sprintf("hand agrees to a relative %.0e: are its numbers rounded? GradientOptions.Tolerance says by how much they may be", worst)
	case ok && len(hand) > 1:
		return fmt.Sprintf("hand is %.6g times what it should be, everywhere", ratio)
	case someZero(hand, right, c.likeness()):
		return "hand is right where it is not 0: are terms of a sum missing?"
	}
	return c.place(right)
}

// place says where the hand-derived gradient is wrong, if that is one row or column
// of several.
func (c *gradients) place(right []float64) string {
	dims := c.w.Shape().At(c.n).Dims()
	if len(dims) != 2 {
		return ""
	}
	lines := []map[int]bool{{}, {}} // the rows and columns that have a wrong entry
	for i, v := range c.hand.entries {
		if !near(v, right[i], c.likeness(), largest(right)) {
			lines[0][i/dims[1]], lines[1][i%dims[1]] = true, true
		}
	}
	for axis, name := range []string{"row", "column"} {
		if wrong := slices.Collect(maps.Keys(lines[axis])); len(wrong) == 1 && dims[axis] > 1 && len(lines[1-axis]) > 1 {
			return fmt.Sprintf("%s %d is wrong, and no other", name, wrong[0])
		}
	}
	return ""
}
