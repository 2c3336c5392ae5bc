package optest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"adjoint/graph"
)

// The gradients of j by w that are compared.
type gradients struct {
	*literal
	j, w                      *graph.Node
	tolerance                 float64
	hand, engine, differences column
	second                    *column // nil if there is none

	secondWrong   string // why the second opinion is known to be wrong
	secondRefuses bool
}

// verdict returns the message of the comparison, "" if all agree.
func (c *gradients) verdict() string {
	wrong := c.differing(&c.hand, &c.engine)
	var lines []string
	switch {
	case len(wrong) > 0:
		lines = c.handVerdict(wrong)
	case len(c.differing(&c.differences, &c.hand)) > 0:
		wrong = c.differing(&c.differences, &c.hand)
		lines = []string{c.summary(wrong), "hand and engine agree, but finite differences do not confirm them." + c.suspect()}
	}
	if s := c.second; s != nil {
		off := c.differing(s, c.truth())
		switch {
		case c.secondWrong != "" && !c.secondRefuses && len(off) == 0:
			lines = append(lines, fmt.Sprintf("%s is right, but it was said to be wrong: %s", s.name, c.secondWrong))
		case c.secondWrong != "":
		case c.secondRefuses:
			lines = append(lines, fmt.Sprintf("%s %s", s.name, s.note))
		case len(lines) == 0 && len(off) > 0:
			wrong, lines = off, []string{c.summary(off), fmt.Sprintf("%s differs from hand and engine.", s.name)}
		case len(off) > 0:
			lines = append(lines, fmt.Sprintf("%s agrees with neither.", s.name))
		case len(lines) > 0:
			lines = append(lines, fmt.Sprintf("%s confirms the %s.", s.name, c.truth().name))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	if !strings.HasPrefix(lines[0], c.title()) {
		lines[0] = c.title() + ": " + lines[0]
	}
	return strings.Join(lines, "\n") + "\n" + c.table(wrong)
}

// handVerdict is about a hand-derived gradient that differs from the engine's at
// the entries wrong.
func (c *gradients) handVerdict(wrong []int) []string {
	lines := []string{c.summary(wrong)}
	_, hand := c.against(wrong, &c.hand)
	some, engine := c.against(wrong, &c.engine)
	switch {
	case !some:
		lines = append(lines, "Finite differences cannot say which is right.")
	case hand && engine:
		if k := c.kinkAmong(wrong); k != "" {
			return append(lines, k)
		}
		lines = append(lines, "Finite differences are not precise enough to say which is right.")
	case engine:
		lines = append(lines, "Finite differences confirm the engine.")
	case hand:
		return append(lines, "Finite differences confirm the hand-derived gradient: the engine is wrong."+c.suspect())
	default:
		lines = append(lines, "Finite differences confirm neither."+c.suspect())
	}
	if k := c.kinkAmong(wrong); k != "" {
		lines = append(lines, k)
	}
	for _, hint := range c.hints() {
		lines = append(lines, "Hint: "+hint+".")
	}
	return lines
}

// against reports whether there are differences at some of the entries, and
// whether a column agrees with them there.
func (c *gradients) against(entries []int, with *column) (some, agree bool) {
	off := c.differing(&c.differences, with)
	agree = true
	for _, i := range entries {
		if c.differences.has(i) {
			some = true
			agree = agree && !slices.Contains(off, i)
		}
	}
	return some, some && agree
}

// truth is the gradient that is taken for the right one: the engine's, unless the
// differences confirm the hand-derived one against it.
func (c *gradients) truth() *column {
	wrong := c.differing(&c.hand, &c.engine)
	_, hand := c.against(wrong, &c.hand)
	if _, engine := c.against(wrong, &c.engine); hand && !engine {
		return &c.hand
	}
	return &c.engine
}

// kinkAmong says what the slopes are where J has a kink at one of the entries.
func (c *gradients) kinkAmong(entries []int) string {
	for _, i := range entries {
		if slices.Contains(c.differences.kinks, i) {
			return fmt.Sprintf("Hint: %s has a kink at or near this %s: at %s its slopes on the two sides are %s, and each is as good; the engine takes the one that the document says (ReLU'(0) = 1).",
				costName(c.j), nameOf(c.w), c.entryName(i), strings.Replace(c.differences.text[i], "…", " and ", 1))
		}
	}
	return ""
}

// summary counts the entries at which columns differ, and prints the worst.
func (c *gradients) summary(wrong []int) string {
	worst, most := wrong[0], -1.
	for _, i := range wrong {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, col := range c.columns() {
			if col.has(i) {
				lo, hi = math.Min(lo, col.entries[i]), math.Max(hi, col.entries[i])
			}
		}
		if d := (hi - lo) / c.size(hi); d > most || math.IsNaN(d) {
			worst, most = i, d
		}
	}
	var values []string
	for _, col := range c.columns() {
		if col.has(worst) {
			values = append(values, col.name+" "+c.print(col, worst))
		}
	}
	entries := "entries differ"
	if len(wrong) == 1 {
		entries = "entry differs"
	}
	return fmt.Sprintf("%s: %d of %d %s, worst at %s: %s", c.title(), len(wrong), len(c.hand.entries), entries,
		c.entryName(worst), strings.Join(values, ", "))
}

// title is "∂J/∂w".
func (c *gradients) title() string { return fmt.Sprintf("∂%s/∂%s", costName(c.j), nameOf(c.w)) }
