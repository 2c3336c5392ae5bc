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
	wrong, alone := c.differing(&c.hand, &c.engine), c.differing(&c.differences, &c.hand)
	second, complains := c.secondVerdict()
	var lines []string
	switch {
	case len(wrong) > 0:
		lines = c.handVerdict(wrong)
	case len(alone) > 0:
		wrong = alone
		lines = []string{c.summary(wrong), "Hand and engine agree, but finite differences do not confirm them." + c.suspect()}
	case complains:
		if wrong = c.differing(c.second, &c.engine); len(wrong) == 0 {
			lines, second = []string{c.title() + ": " + second}, ""
		} else {
			lines = []string{c.summary(wrong), "Hand, engine and finite differences agree."}
		}
	default:
		return ""
	}
	if second != "" {
		lines[1] += " " + second
	}
	return strings.TrimSuffix(strings.Join(lines, "\n")+"\n"+c.table(wrong), "\n")
}

// secondVerdict says what the second opinion confirms, "" if there is none or it is
// known to be wrong, and whether that by itself is a complaint.
func (c *gradients) secondVerdict() (text string, complains bool) {
	if c.second == nil {
		return "", false
	}
	name, right := c.second.name, len(c.differing(c.second, c.truth())) == 0
	switch {
	case c.secondWrong != "" && right && !c.secondRefuses:
		return fmt.Sprintf("%s is right, but it was said to be wrong: %s.", name, c.secondWrong), true
	case c.secondWrong != "":
		return "", false
	case c.secondRefuses:
		return fmt.Sprintf("%s %s.", name, c.second.note), true
	case right:
		return fmt.Sprintf("%s confirms the %s too.", name, map[bool]string{true: "engine", false: "hand-derived gradient"}[c.truth() == &c.engine]), false
	default:
		return fmt.Sprintf("%s confirms neither.", name), true
	}
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
	if hint := c.hint(); strings.HasSuffix(hint, "?") {
		lines = append(lines, "Hint: "+hint)
	} else if hint != "" {
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
			return fmt.Sprintf("Hint: %s has a kink at or near this %s: at %s its slopes on the two sides are %s. Any slope between them will do; ReLU'(0) is 1 here.",
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
		if d := (hi - lo) / c.size(math.Max(math.Abs(lo), math.Abs(hi))); d > most || math.IsNaN(d) {
			worst, most = i, d
		}
	}
	var values []string
	for _, col := range c.columns() {
		if col.has(worst) {
			values = append(values, col.name+" "+c.print(col, worst))
		}
	}
	differ := "entries differ"
	if len(wrong) == 1 {
		differ = "entries differs"
	}
	return fmt.Sprintf("%s: %d of %d %s, worst at %s: %s", c.title(), len(wrong), len(c.hand.entries), differ,
		c.entryName(worst), strings.Join(values, ", "))
}

// title is "∂J/∂w".
func (c *gradients) title() string { return fmt.Sprintf("∂%s/∂%s", costName(c.j), nameOf(c.w)) }
