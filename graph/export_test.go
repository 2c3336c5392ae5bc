package graph

import (
	"fmt"
	"slices"
	"strings"
)

// PassNames returns the names of the passes, in order.
func PassNames() []string {
	var names []string
	for _, p := range passes {
		names = append(names, p.name)
	}
	return names
}

// CheckSwapped returns what is wrong with the order of passes when two are swapped.
func CheckSwapped(i, k int) error {
	swapped := slices.Clone(passes)
	swapped[i], swapped[k] = swapped[k], swapped[i]
	return checkOrder(swapped, passOrder)
}

// After returns, by pass, what is known after it of the formula of the outputs.
func After(outputs ...*Node) (map[string]string, error) {
	text := map[string]string{}
	_, err := Options{}.compile(outputs, func(pass string, c *code) { text[pass] = c.known() })
	return text, err
}

// known lists the formula as far as it has been compiled.
func (c *code) known() string {
	var b strings.Builder
	switch {
	case c.ends != nil:
		for _, x := range c.leaves {
			b.WriteString(x.leafLine() + "\n")
		}
		c.list(&b, "run", nil)
		if c.slots == nil {
			return strings.ReplaceAll(b.String(), "  slot 0\n", "\n")
		}
		return b.String()
	case c.leaves != nil:
		for when, list := range map[string][]*Node{"1 leaf": c.leaves, "2 once": c.once, "3 run": c.run} {
			for _, n := range list {
				fmt.Fprintf(&b, "%s %s\n", when, n.line(c.by(n).op, c.operands(n)))
			}
		}
		lines := strings.SplitAfter(b.String(), "\n")
		slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(a[:min(1, len(a))], b[:min(1, len(b))]) })
		return strings.Join(lines, "")
	}
	nodes := c.live
	if nodes == nil {
		nodes = cone(c.roots, nil)
	}
	for _, n := range nodes {
		reads := c.operands(n)
		if c.live == nil {
			for _, x := range c.by(n).in {
				reads = append(reads, operand{x, x})
			}
		}
		b.WriteString(n.line(c.by(n).op, reads))
		for _, j := range c.judgements[n] {
			for _, i := range j.op.Judges() {
				fmt.Fprintf(&b, ", %v judges %s", j.op, j.in[i])
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Corrupt compiles the outputs, makes a mistake in what a pass found out, and returns
// what verify says.
func Corrupt(mistake string, outputs ...*Node) (verified error) {
	c, err := Options{}.compile(outputs, func(pass string, c *code) {
		if mistake == "shape" && pass == "absorb" {
			last := c.live[len(c.live)-1]
			right := last.signature
			last.signature = &signature{op: right.op, shape: ShapeOf(7, 7), of: right.of}
			verified = c.verify()
			last.signature = right
		}
	})
	if err != nil || verified != nil {
		return verified
	}
	last := c.run[len(c.run)-1]
	switch mistake {
	case "order":
		c.run = slices.Concat(c.run[len(c.run)-1:], c.run[:len(c.run)-1])
	case "missing":
		for id := range c.g.Len() {
			if n := c.g.node(id); n.op != nil && !slices.Contains(c.run, n) && !slices.Contains(c.once, n) {
				c.roots = append(c.roots, n)
			}
		}
	case "groups":
		c.ends = c.ends[:len(c.ends)-1]
	case "size":
		c.volumes[c.slots[c.slotOf.get(last)]] = volume{1, IntsOf(Batch, Batch)}
	case "in use":
		first := c.run[0]
		for _, n := range c.run[1:] {
			if volumeOf(n.shape) == volumeOf(first.shape) {
				*c.slotOf.at(n) = c.slotOf.get(first)
			}
		}
	case "overwrites":
		for _, n := range c.run {
			x := c.operands(n)
			if !c.entrywise(n) && x[0].n.op != nil {
				*c.slotOf.at(n) = c.slotOf.get(x[0].n)
				break
			}
		}
	case "output":
		c.roots = append(c.roots, c.run[0])
	}
	return c.verify()
}

// BytesAt returns the size of what a plan of p has where symbols are these numbers.
func BytesAt(p *Program, symbols map[int]int) (uint64, error) {
	var at sizes
	for s, n := range symbols {
		at = append(at, assigned{s, n})
	}
	return p.code.bytes(at), p.code.checkNeeds(at)
}

// SetMemoryLimit sets how many bytes tensors may have, until restore is called.
func SetMemoryLimit(bytes uint64) (restore func()) {
	old := memoryLimit
	memoryLimit = func() uint64 { return bytes }
	return func() { memoryLimit = old }
}

// Kept returns the numbers of examples whose plans p keeps, and their size in bytes.
func Kept(p *Program) (n []int, bytes uint64) {
	for _, q := range p.plans {
		n = append(n, q.at.of(Batch))
	}
	return n, p.kept()
}

// VolumeBytes returns the size of entries of 8 bytes of a shape for n examples.
func VolumeBytes(s Shape, n int) uint64 { return volumeOf(s).bytes(sizes{{Batch, n}}, 8) }
