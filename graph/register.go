package graph

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Any is the number of inputs of an op that takes one node or more.
const Any = -1

// A maker makes the op of a name.
type maker struct {
	inputs int
	op     func(a *Args) Op
}

var makers = struct {
	sync.RWMutex
	of map[string]maker
}{of: map[string]maker{}}

// Register makes known which op a Description is of, so that a formula in a file can be read:
// op returns the op of the arguments a, and inputs is the number of nodes that it takes, or
// Any. Register is called by an init function in the file of the op:
//
//	func init() {
//		graph.Register("Huber", 2, func(a *graph.Args) graph.Op { return huber{a.Float()} })
//	}
//
// Files hold the name and the arguments for ever: neither changes its meaning. The arguments
// may be any that somebody wrote; those that are no good are for the Shape of the op to refuse.
// Register panics if the name is taken.
func Register(name string, inputs int, op func(a *Args) Op) {
	makers.Lock()
	defer makers.Unlock()
	if _, taken := makers.of[name]; taken || name == "" {
		panic(fmt.Sprintf("graph: Register(%q): an op of that name is registered, or it is no name; that of a package's own op may begin with the path of the package", name))
	}
	makers.of[name] = maker{inputs, op}
}

// Registered returns the names of the ops that are registered, in order.
func Registered() []string {
	makers.RLock()
	defer makers.RUnlock()
	return slices.Sorted(maps.Keys(makers.of))
}

// Make returns the op of a Description, to be applied to so many nodes. The error wraps
// ErrUnregistered if nobody registered the name, ErrShape if the number of nodes is wrong, and
// ErrValue if the arguments are not of the kinds that the op takes.
func Make(d Description, inputs int) (Op, error) {
	makers.RLock()
	m, ok := makers.of[d.Name]
	makers.RUnlock()
	switch {
	case !ok:
		return nil, fmt.Errorf("%w: %q: import the package of the op, whose file calls graph.Register(%q, …) in an init function", ErrUnregistered, d.Name, d.Name)
	case inputs != m.inputs && (m.inputs != Any || inputs < 1):
		return nil, fmt.Errorf("%w: op %s of %d nodes, want %s", ErrShape, d.Name, inputs, m.wants())
	}
	a := &Args{rest: d.Args}
	op := m.op(a)
	if a.err == nil && len(a.rest) > 0 {
		a.err = fmt.Errorf("%d arguments, want %d", len(d.Args), a.taken)
	}
	if a.err != nil {
		return nil, fmt.Errorf("%w: op %s: %w", ErrValue, d.Name, a.err)
	}
	return op, nil
}

func (m maker) wants() string {
	if m.inputs == Any {
		return "1 or more"
	}
	return fmt.Sprint(m.inputs)
}

// Args are the arguments of a Description, as one that was registered takes them, one after
// the other. Where the next is of another kind, or there is none, the result is a zero value,
// and Make returns an error.
type Args struct {
	rest  []any
	taken int
	err   error
}

// Float returns the next argument, a float64.
func (a *Args) Float() float64 { return next[float64](a) }

// Int returns the next argument, a whole number.
func (a *Args) Int() int {
	n := next[int](a)
	if _, symbolic := extents.row(n); symbolic && n != Batch {
		a.refuse("extent %s, want a number", ExtentString(n))
		return 0
	}
	return n
}

// Axis returns the next argument, an axis counted from the front.
func (a *Args) Axis() int {
	n := next[int](a)
	if n < 0 {
		a.refuse("axis %d, want one counted from the front", n)
		return 0
	}
	return n
}

// Flag returns the next argument, 0 for false or 1 for true.
func (a *Args) Flag() bool {
	n := next[int](a)
	if n != 0 && n != 1 {
		a.refuse("%d, want 0 or 1", n)
	}
	return n == 1
}

// Extent returns the next argument, an extent, which may be a symbol.
func (a *Args) Extent() int {
	d := next[int](a)
	if !knownExtent(d) {
		a.refuse("%d, want an extent", d)
		return 0
	}
	return d
}

// Ints returns the next argument, a list.
func (a *Args) Ints() []int { return next[[]int](a) }

// Text returns the next argument, a string.
func (a *Args) Text() string { return next[string](a) }

// Shape returns the next argument, a Shape.
func (a *Args) Shape() Shape { return next[Shape](a) }

// Body returns the next argument, a formula.
func (a *Args) Body() *Body {
	b := next[*Body](a)
	if b == nil {
		a.refuse("no formula")
		return &Body{}
	}
	return b
}

// next takes an argument of type T.
func next[T any](a *Args) (v T) {
	if len(a.rest) == 0 {
		a.taken++
		a.refuse("there is none, want a %T", v)
		return v
	}
	arg := a.rest[0]
	a.rest, a.taken = a.rest[1:], a.taken+1
	v, ok := arg.(T)
	if !ok {
		a.refuse("a %T, want a %T", arg, v)
	}
	return v
}

func (a *Args) refuse(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf("argument %d: "+format, append([]any{a.taken}, args...)...)
	}
}
