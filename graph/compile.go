package graph

import "fmt"

// Compile makes a Program that computes the outputs. It returns the error of the
// first output that failed to build.
//
// The outputs are computed in a stable form, ops that have a common kernel by that,
// constants once, and values that are not alive together in the same memory. When N
// becomes known, what adds up over many examples is cut into blocks of them. The
// String of the Program shows the result. The graph stays as it is.
func Compile(outputs ...*Node) (*Program, error) { return Options{}.Compile(outputs...) }

// Options change how a Program is made. The zero value is what Compile uses.
type Options struct {
	NoFuse   bool // every op by its own kernel; values agree to rounding
	NoStable bool // every value as it is written, see Graph.NoStable
}

// Compile is the function Compile with these options.
func (o Options) Compile(outputs ...*Node) (*Program, error) {
	c, err := o.compile(outputs, nil)
	if err != nil {
		return nil, err
	}
	return programOf(c)
}

// compile runs the passes. It calls after, unless that is nil, after each of them.
func (o Options) compile(outputs []*Node, after func(pass string, c *code)) (*code, error) {
	if err := firstError(outputs); err != nil {
		return nil, err
	}
	if len(outputs) == 0 {
		return nil, fmt.Errorf("%s: Compile without outputs: %w", caller(), ErrNotOutput)
	}
	for _, n := range outputs {
		if n.g != outputs[0].g {
			return nil, fmt.Errorf("%s: outputs %s and %s: %w", caller(), outputs[0].Label(), n.Label(), ErrGraph)
		}
	}
	return o.compileIn(outputs[0].g, outputs, after)
}

// compileIn is compile of nodes of g, or of those that it was drafted over.
func (o Options) compileIn(g *Graph, outputs []*Node, after func(pass string, c *code)) (*code, error) {
	c := new(code)
	c.g, c.outputs, c.separate, c.step = g, outputs, o.NoFuse, g.body
	c.inner = func(y ...*Node) (*code, error) { return o.compile(y, nil) }
	c.literal = o.NoStable || g.literal
	for _, p := range passes {
		if err := p.run(c); err != nil {
			return nil, err
		}
		if invariants {
			must(p.name, c.verify())
		}
		if after != nil {
			after(p.name, c)
		}
	}
	return c, nil
}

// A pass takes a formula a step on its way to a Program.
type pass struct {
	name string
	run  func(*code) error
}

// passes are those of Compile, in order. Each is a method of the stage that it reads
// and writes, in a file of its own.
var passes = []pass{
	{"draft", (*code).draft},         // what outputs need, and a graph for what is added
	{"stabilise", (*code).stabilise}, // forms that lose no accuracy
	{"fuse", (*code).fuse},           // ops that have a common kernel
	{"absorb", (*code).absorb},       // views into what reads them; drop what no output needs
	{"loops", (*code).compileLoops},  // what loops do, with what they alone read
	{"judge", (*code).judge},         // what may refuse values
	{"split", (*code).split},         // leaves, what never varies, what each Run computes
	{"cluster", (*code).cluster},     // pointwise ops next to others of their size
	{"pair", (*code).pair},           // what one kernel computes beside another value
	{"group", (*code).group},         // neighbours that are computed together
	{"place", (*code).place},         // values in slots
	{"seal", (*code).seal},           // nothing is added any more
}

// A precedence says which of two passes comes first, and why.
type precedence struct{ before, after, because string }

var passOrder = []precedence{
	{"draft", "stabilise", "stable forms are added to the draft, not to the user's graph"},
	{"stabilise", "fuse", "fusions are of the stable forms"},
	{"fuse", "absorb", "a fused op reads other inputs than its node"},
	{"absorb", "loops", "only what nobody else reads can be computed in a loop"},
	{"loops", "judge", "what a loop computes is not judged outside of it"},
	{"judge", "split", "nodes are listed as live until they are scheduled"},
	{"split", "cluster", "only what each Run computes is moved"},
	{"cluster", "pair", "what is moved next to its pair stays there"},
	{"pair", "group", "a group is of neighbours in the final order"},
	{"group", "place", "how long a value lives depends on the final order"},
	{"place", "seal", "passes look nodes up"},
}

func init() { must("order of passes", checkOrder(passes, passOrder)) }

// checkOrder returns an error if a pass comes before one that has to come first.
func checkOrder(passes []pass, order []precedence) error {
	at := map[string]int{}
	for i, p := range passes {
		at[p.name] = i + 1
	}
	for _, o := range order {
		if at[o.before] == 0 || at[o.before] >= at[o.after] {
			return fmt.Errorf("pass %s has to come before %s: %s", o.before, o.after, o.because)
		}
	}
	return nil
}

// must panics if something of the compiler itself is wrong.
func must(what string, err error) {
	if err != nil {
		panic(fmt.Sprintf("graph: %s: %v", what, err))
	}
}
