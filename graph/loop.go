package graph

import (
	"math"
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// A Loop is a recurrence over the times t = 0, …, T−1 of sequences or, with Back, from T−1 down to
// 0. The Body is what it does at one time:
//
//	(s, x…) ↦ (s', e…)     s_t = s'(s_{t−1}, x_t…)
//
// Its first input is the state, (…, N), and the first input of the loop what that is before the
// first step. An input of the loop (…, T, N) stands for one of the Body's with examples, (…, N); the
// others are the same at all times. The value of the loop is the state after the last step if Value
// is 0, and the states at all times, (…, T, N), if it is 1; if it is more, that of e.
//
// With Times, a symbol, the Body is what the loop does at that many neighbouring times, a stretch,
// whatever number that is:
//
//	(s, x…) ↦ (s', y…)
//
// where x and y of a shape (…, Times, N) are of the times of the stretch. Inputs of other shapes are
// the same for all; of values of other shapes the loop has the sum over stretches. Only what is
// computed in one stretch is in memory at once. How times are cut must not matter to the Body. Value
// 1 is the first of y.
type Loop struct {
	Body  *Body
	Back  bool
	Times int
	Value int

	// Ahead says that the second input of the Body, of a stretch, is read of the time that the loop
	// comes to next. It takes the place of two inputs of the loop: what that is after the last step,
	// (…, N), and at all times, (…, T, N).
	Ahead bool
}

// Kernel returns the kernel of an op whose value is the loop. A Program compiles the Body as it
// compiles all else, and runs that; outside of one F cannot refuse a value: the result is NaN
// then.
func (l Loop) Kernel() compute.Kernel {
	return compute.Bound([]Loop{l}, loopsAlone[float32], loopsAlone[float64]).AsLoop(l)
}

// PairedKernel returns the kernel of l that computes another value of the same loop beside it. The
// values of the other's Body are those of l's, and may be more.
func (l Loop) PairedKernel(other Loop) compute.Kernel {
	return compute.Bound([]Loop{l, other}, loopsAlone[float32], loopsAlone[float64])
}

// loopsAlone binds loops over one Body, of which those after the first are computed into what comes
// after the inputs of x.
func loopsAlone[T compute.Float](loops []Loop, y *tensor.Dense, x ...*tensor.Dense) func() {
	last, k := loops[len(loops)-1], len(x)-len(loops)+1
	results, values := []result{{y, loops[0].Value}}, []int{loops[0].Value}
	for i, also := range loops[1:] {
		results, values = append(results, result{x[k+i], also.Value}), append(values, also.Value)
	}
	l := &loopCode{Loop: last, values: valuesOf(values)}
	for _, v := range x[:k] {
		l.in = append(l.in, shapeOf(v))
	}
	c, err := Options{}.compile(l.outputs(), nil)
	must("body", err)
	l.code = c
	q := bindLoop[T](l, l.within(nil), x[:k], results, nil)
	return func() {
		if q.run(nil) != nil {
			for _, r := range results {
				fillOf(math.NaN(), Shape{}).Kernel().Run(r.y)
			}
		}
	}
}

// valueOf reports whether l is a value of another loop, or another value of it.
func (l Loop) valueOf(other Loop) bool {
	l.Value = other.Value
	return l == other
}

// A result is where a value of a loop goes.
type result struct {
	y     *tensor.Dense
	value int
}

// A loopCode is a loop and the code of its Body, as far as some values of the loop need it.
type loopCode struct {
	*code
	Loop
	values []int   // in order; 0 is among them
	in     []Shape // of the loop
}

// valuesOf returns the values of a loop that are computed where some are asked for.
func valuesOf(asked []int) []int {
	values := append([]int{0}, asked...)
	slices.Sort(values)
	return slices.Compact(values)
}

// output returns the node of the Body that a value is of.
func (l Loop) output(value int) *Node {
	if l.Times == 0 {
		value = max(0, value-1)
	}
	return l.Body.out[value]
}

// outputs returns the nodes of the values, each once.
func (l *loopCode) outputs() []*Node {
	var out []*Node
	for _, v := range l.values {
		if n := l.output(v); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// rootOf returns by which root a value is computed, and root that node.
func (l *loopCode) rootOf(value int) int { return slices.Index(l.outputs(), l.output(value)) }

func (l *loopCode) root(value int) *Node { return l.roots[l.rootOf(value)] }

// input returns which input of the Body a leaf is, or −1.
func (l *loopCode) input(leaf *Node) int {
	return slices.IndexFunc(l.Body.in, func(x *Node) bool {
		i, ok := l.inputAt[x]
		return ok && l.inputs[i] == leaf
	})
}

// place returns which input of the loop an input of the Body is, but for what the loop starts from.
func (l Loop) place(input int) int {
	if l.Ahead && input > 0 {
		return input + 1
	}
	return input
}

// timed reports whether an input of the loop has all times.
func (l Loop) timed(input int) bool {
	s := l.Body.in[input].shape
	if l.Times == 0 {
		return input > 0 && s.Holds(Batch)
	}
	return s.Holds(l.Times)
}

// within returns the numbers of symbols in the Body, where they are these outside.
func (l *loopCode) within(at sizes) (inside sizes) {
	var extents, numbers []int
	for i, x := range l.Body.in {
		outside := l.in[l.place(i)].Dims()
		if k := len(outside) - 2; l.timed(i) && l.Times == 0 {
			outside = slices.Delete(outside, k, k+1)
		}
		for k, d := range outside {
			if n := at.number(d); n > 0 {
				extents, numbers = append(extents, x.shape.Dim(k)), append(numbers, n)
			}
		}
	}
	inside.learnAll(extents, numbers)
	return inside
}

// times returns how many times there are.
func (l *loopCode) times(at sizes) int {
	for i := range l.Body.in {
		if s := l.in[l.place(i)]; l.timed(i) {
			return at.number(s.Dim(s.Rank() - 2))
		}
	}
	return 0
}

// each says what the code is computed for.
func (l *loopCode) each() string {
	if l.Times == 0 {
		return "step"
	}
	return "times"
}

// bytesAt returns the size of what the loop allocates, where symbols outside are these numbers. Copies of
// what steps read or compute where it lies among all times are not there, and count all the same:
// roundBytes, or those of one step, at most.
func (l *loopCode) bytesAt(at sizes) uint64 {
	times, inside := l.times(at), l.within(at)
	total := l.volumeBytes(l.Body.in[0], inside)
	if l.Times == 0 {
		steps, entries := l.round(inside, times)
		copies := product(uint64(steps), product(uint64(entries), uint64(l.g.dtype.Size())))
		return sum(total, sum(copies, l.computedBytes(inside)))
	}
	width := l.width(inside)
	total = sum(total, l.stretchBytes(inside, width))
	if rest := times % width; rest > 0 {
		total = sum(total, l.stretchBytes(inside, rest))
	}
	return total
}

// bind binds the loop that computes a group of its values.
func (l *loopCode) bind(b *binder, group []*Node) loopRunner {
	results, x := make([]result, len(group)), b.rows.take(b.code.arity(group[0]))
	for i, r := range b.code.reads(group[0]) {
		x[i] = b.operand(r)
	}
	for i, n := range group {
		results[i] = result{b.plan.value[n.id], b.code.loopOf.get(n).Value}
	}
	if l.g.dtype == tensor.Float32 {
		return bindLoop[float32](l, l.within(b.plan.at), x, results, b.home)
	}
	return bindLoop[float64](l, l.within(b.plan.at), x, results, b.home)
}
