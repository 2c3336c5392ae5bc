package graph

import (
	"fmt"
	"slices"
)

// Compile makes a Program that computes the outputs. It returns the error of the
// first output that failed to build.
//
// It works in passes: stabilise the formula; fuse ops that have a common kernel;
// absorb views into the ops that read them, and drop what no output needs; split
// off what depends on no input; place values in slots, which are shared by values
// that are not alive together; and join what one kernel computes, and pointwise ops
// that follow each other, to be computed a tile at a time. When N becomes known, what adds up over many examples is
// cut into blocks of them. The String of the Program shows the result.
func Compile(outputs ...*Node) (*Program, error) { return Options{}.Compile(outputs...) }

// Options change how a Program is made. The zero value is what Compile uses.
type Options struct {
	NoFuse   bool // every op by its own kernel; values agree to rounding
	NoStable bool // every value as it is written, see Graph.NoStable
}

// Compile is the function Compile with these options.
func (o Options) Compile(outputs ...*Node) (*Program, error) {
	if err := firstError(outputs); err != nil {
		return nil, err
	}
	if len(outputs) == 0 {
		return nil, fmt.Errorf("%s: Compile without outputs: %w", caller(), ErrNotOutput)
	}
	g := outputs[0].g
	c := &code{g: g, computes: make(map[*Node]*Node, len(outputs)), whole: o.NoFuse}
	for _, n := range outputs {
		if n.g != g {
			return nil, fmt.Errorf("%s: outputs %s and %s: %w", caller(), outputs[0].label(), n.label(), ErrGraph)
		}
	}
	roots, order := outputs, func(a, b *Node) int { return a.id - b.id }
	if !o.NoStable && !g.literal {
		roots, order = stabilise(outputs)
	}
	if !o.NoFuse {
		c.fuse(roots)
	}
	if err := firstError(roots); err != nil {
		return nil, err
	}
	for i, n := range outputs {
		c.computes[n] = roots[i]
	}
	live := c.absorb(roots)
	slices.SortStableFunc(live, order)
	for _, n := range live {
		if n.kind == standIn {
			return nil, fmt.Errorf("%s: %s depends on an argument that a rule kept: %w", caller(), outputs[0].label(), ErrGraph)
		}
	}
	c.split(live)
	if !o.NoFuse {
		c.run = c.pair(c.closeUp(c.run))
	}
	c.place(roots)
	if o.NoFuse {
		c.groups = slices.Collect(slices.Chunk(c.run, 1))
	} else {
		c.groups = c.tile(c.run)
	}
	p := newProgram(c)
	if c.usesBatch {
		return p, nil
	}
	return p, p.use(0)
}

// Code is what the clones of a Program share: the order of evaluation and where
// each value lives. It holds for every N.
type code struct {
	g         *Graph
	computes  map[*Node]*Node    // an output, to the node that computes it
	fused     perNode[*Node]     // of a node, the fusion that computes it, if there is one
	reads     perNode[[]operand] // what the kernel of a node reads
	inOrder   perNode[bool]      // whether some kernel does not read a node by strides
	leaves    []*Node            // inputs, parameters, constants that are read
	once      []*Node            // values that depend on no input and no parameter
	run       []*Node            // values computed by each Run, inputs first
	groups    [][]*Node          // those of run, pointwise neighbours together
	slots     []volume
	slotOf    perNode[int]
	top       int // the largest id of a node that is live
	usesBatch bool
	whole     bool     // never in blocks
	block     *blocked // what is computed in blocks, the group of its sums
}

// split sorts live nodes into leaves, values that are the same in every Run, and
// values that are not. (The first are constant folding, done when N is known.)
func (c *code) split(live []*Node) {
	var varies perNode[bool]
	c.run = make([]*Node, 0, len(live))
	for _, n := range live {
		c.top = max(c.top, n.id)
		c.usesBatch = c.usesBatch || n.kind == Examples || n.shape.HasBatch()
		if n.op == nil {
			*varies.at(n) = n.kind == Input || n.kind == Param
			c.leaves = append(c.leaves, n)
			continue
		}
		for _, x := range *c.reads.at(n) {
			*varies.at(n) = *varies.at(n) || *varies.at(x.n)
		}
		if *varies.at(n) {
			c.run = append(c.run, n)
		} else {
			c.once = append(c.once, n)
		}
	}
}

// A volume is a number of entries, count·Nᵖᵒʷᵉʳ, for any N. Values of one volume
// can share a slot.
type volume struct{ count, power int }

func volumeOf(s Shape) volume {
	v := volume{count: 1}
	for _, d := range s.dims(&few{}) {
		if d == Batch {
			v.power++
		} else {
			v.count *= d
		}
	}
	return v
}

// at returns the number of entries for n examples.
func (v volume) at(n int) int {
	size := v.count
	for range v.power {
		size *= n
	}
	return size
}

// place gives every value a slot. The slot of a value that Run computes is free
// again after its last reader; a pointwise op may take the slot of an input that
// it is the last to read. Outputs and folded values keep theirs.
func (c *code) place(outputs []*Node) {
	var readers perNode[int]
	for _, n := range c.run {
		for _, x := range *c.reads.at(n) {
			*readers.at(x.n)++
		}
	}
	for _, n := range slices.Concat(outputs, c.once, c.leaves) {
		*readers.at(n)++ // nobody's last reader
	}
	free := map[volume][]int{}
	take := func(n *Node) {
		v := volumeOf(n.shape)
		if f := free[v]; len(f) > 0 {
			*c.slotOf.at(n), free[v] = f[len(f)-1], f[:len(f)-1]
			return
		}
		*c.slotOf.at(n) = len(c.slots)
		c.slots = append(c.slots, v)
	}
	release := func(n *Node) {
		for _, x := range *c.reads.at(n) {
			left := readers.at(x.n)
			if *left--; *left == 0 {
				v := volumeOf(x.n.shape)
				free[v] = append(free[v], *c.slotOf.at(x.n))
			}
		}
	}
	for _, n := range c.once {
		take(n)
	}
	for _, n := range c.run {
		if _, ok := c.by(n).op.(Pointwiser); ok {
			release(n)
			take(n)
		} else {
			take(n)
			release(n)
		}
	}
}
