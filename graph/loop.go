package graph

import (
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// A Loop is the recurrence s_t = f(s_{t−1}, x_t…) over the times t = 0, …, T−1 or, with Back,
// s_t = f(s_{t+1}, x_t…) from T−1 down to 0, of the first value f of the Body. Of its inputs
// the first is the state, of f's shape (…, N), and the first input of the loop what that is
// before the first step. An input of the loop (…, T, N) stands for one of the Body's with
// examples (…, N); the others are the same at all times.
//
// The value of the loop is the trajectory of f, (…, T, N), or, if the Body has more values, the
// rows of all of them one after the other, (rows, T, N).
type Loop struct {
	Body *Body
	Back bool
}

// Kernel returns the kernel of an op whose value is the loop. A Program compiles the Body as it
// compiles all else, and runs that; outside of one F cannot refuse a value: the trajectory is NaN
// then.
func (l Loop) Kernel() compute.Kernel {
	return compute.Bound(l, loopAlone[float32], loopAlone[float64]).AsLoop(l)
}

// PairedKernel returns the kernel of l that computes another loop beside it, one that emits all
// that l does; or the zero Kernel. See Pairer.
func (l Loop) PairedKernel(other Loop) compute.Kernel {
	if l.Back != other.Back || !other.Body.emitsAllOf(l.Body) {
		return compute.Kernel{}
	}
	return compute.Bound(other, loopBeside[float32], loopBeside[float64])
}

func loopAlone[T compute.Float](l Loop, y *tensor.Dense, x ...*tensor.Dense) func() {
	return loopOutside[T](l, x, y)
}

func loopBeside[T compute.Float](l Loop, y *tensor.Dense, x ...*tensor.Dense) func() {
	k := len(x) - 1
	return loopOutside[T](l, x[:k], x[k], y)
}

func loopOutside[T compute.Float](l Loop, x []*tensor.Dense, y ...*tensor.Dense) func() {
	c, err := Options{}.compile(l.Body.out, nil)
	must("body", err)
	q := bindLoop[T](&loopCode{c, l}, l.sizesOf(x), x, y...)
	return func() {
		if q.run(nil) != nil {
			q.refused()
		}
	}
}

// sizesOf returns what the inputs of the loop say symbols of the Body are.
func (l Loop) sizesOf(x []*tensor.Dense) (at sizes) {
	var extents, numbers []int
	for i, s := range l.Body.in {
		d := slices.Clone([]int(x[i].Shape()))
		if k := len(d) - 2; i > 0 && s.shape.Holds(Batch) {
			d = slices.Delete(d, k, k+1)
		}
		extents, numbers = append(extents, s.shape.Dims()...), append(numbers, d...)
	}
	at.learnAll(extents, numbers)
	return at
}

// A loopCode is a loop and its step, compiled.
type loopCode struct {
	*code
	Loop
}

// compileLoops compiles the steps of the nodes that are loops.
func (l *lowered) compileLoops(loops []*Node) error {
	made := map[*Body]*code{}
	for _, n := range loops {
		loop, ok := l.kernel(n).Loop().(Loop)
		if !ok {
			continue
		}
		if made[loop.Body] == nil {
			inner, err := l.inner(loop.Body.out...)
			if err != nil {
				return err
			}
			made[loop.Body] = inner
		}
		*l.loopOf.at(n) = &loopCode{made[loop.Body], loop}
	}
	return nil
}

// within returns the numbers of symbols in the step of the loop that computes y, where they are
// these outside: N is the last extent of y.
func (l *loopCode) within(y *Node, at sizes) sizes {
	return at.with(Batch, at.number(y.shape.Dim(y.shape.Rank()-1)))
}

// stretchBytes and maxStretch bound a stretch. Some steps are done one after the other, a stretch: what they read is copied together, and so
// is what they compute, since a window of one time is in short pieces far from each other. The
// copies take stretchBytes, more or less.
const (
	stretchBytes = 768 << 10
	maxStretch   = 16
)

// stretch returns how many steps of so many there are in a stretch, and how many entries the
// copies of one step have.
func (l *loopCode) stretch(at sizes, times int) (steps, entries int) {
	for _, x := range slices.Concat(l.roots, l.windowed()) {
		entries += volumeOf(x.shape).at(at)
	}
	return max(1, min(stretchBytes/(entries*int(l.g.dtype.Size())), maxStretch, times)), entries
}

// windowed returns the leaves that differ from step to step, but for the state.
func (l *loopCode) windowed() []*Node {
	return slices.DeleteFunc(slices.Clone(l.leaves), func(x *Node) bool { return !x.shape.Holds(Batch) || l.place(x) == 0 })
}

// place returns which input of the Body a leaf is, or −1.
func (l *loopCode) place(x *Node) int {
	return slices.IndexFunc(l.Body.in, func(s *Node) bool {
		i, ok := l.inputAt[s]
		return ok && l.inputs[i] == x
	})
}

// bytesAt returns the size of what a loop of some steps allocates.
func (l *loopCode) bytesAt(at sizes, times int) uint64 {
	steps, entries := l.stretch(at, times)
	return sum(l.bytes(at), product(uint64(steps+1), product(uint64(entries), uint64(l.g.dtype.Size()))))
}
