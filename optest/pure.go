package optest

import (
	"runtime"
	"testing"

	"adjoint/graph"
)

// pure asserts that a run leaves the inputs as they are and depends on nothing
// but them: not on what ran before, nor on which Program runs.
func (c *checker) pure(f *formula, n int, at place) error {
	c.t.Helper()
	m, x := f.first, at.x
	ζ, ξ := normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n)
	first, err := m.run(n, x, ζ, ξ)
	if err != nil {
		return err
	}
	first = first.clone()
	left, err := m.whole.values(m.in)
	if err != nil {
		return err
	}
	c.sameBits(Pure, "inputs", left, "after the run", x, "before it")

	if err := m.whole.prog.Run(); err != nil {
		return err
	}
	again, err := m.read()
	if err != nil {
		return err
	}
	c.same(again, "a second run", first, "the first")

	other := c.draw(m, n)
	if _, err := m.run(n, other.x, ζ, ξ); err != nil {
		return err
	}
	if again, err = m.run(n, x, ζ, ξ); err != nil {
		return err
	}
	c.same(again, "a run after one with other inputs", first, "the first")

	fresh := *m
	fresh.whole = newMachine(m.whole.dtype, m.whole.prog.Clone())
	if again, err = fresh.run(n, x, ζ, ξ); err != nil {
		return err
	}
	c.same(again, "a Clone", first, "the program")
	return nil
}

// same asserts that two results have the same bits.
func (c *checker) same(got result, gotName string, want result, wantName string) {
	c.t.Helper()
	c.sameBits(Pure, "F", got.out, gotName, want.out, wantName)
	c.sameBits(Pure, "r", got.r, gotName, want.r, wantName)
	c.sameBits(Pure, "d", got.d, gotName, want.d, wantName)
}

func (r result) clone() result { return result{clone(r.out), clone(r.r), clone(r.d)} }

// noAllocation asserts that Run of the op and its derivatives allocates nothing.
func (c *checker) noAllocation(f *formula, n int, at place) error {
	c.t.Helper()
	var err error
	run := func() {
		if e := f.first.whole.prog.Run(); e != nil {
			err = e
		}
	}
	c.report.Checks++
	if times := allocations(run); times > 0 {
		culprits, err := c.allocators(f.first, n, at.x)
		if err != nil {
			return err
		}
		c.fail(NoAllocation, "a Run of F, r and d allocates %.3g times, in %v: prepare in a compute.Bound kernel, which may allocate when it is bound, what it needs", times, culprits)
	}
	return err
}

// allocators returns the ops whose kernels allocate, of those that F and its
// derivatives are made of.
func (c *checker) allocators(m *mapping, n int, x [][]float64) ([]graph.Op, error) {
	all, err := c.applications(m, n, x)
	if err != nil {
		return nil, err
	}
	var ops []graph.Op
	for _, a := range all {
		y, x := a.tensors(0)
		op := a.node.Op()
		if op, ok := op.(graph.Validator); ok && allocations(func() { _ = op.Valid(x...) }) > 0 {
			ops = append(ops, op)
		}
		if allocations(op.Kernel().Bind(y, x...).All) > 0 {
			ops = append(ops, op)
		}
	}
	return ops, nil
}

// allocations returns how often f allocates, with all threads and with one. What
// other goroutines allocate meanwhile is excluded by taking the least of several
// measurements.
func allocations(f func()) float64 {
	const runs = 20
	f()
	least := -1.
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			f()
		}
		runtime.ReadMemStats(&after)
		if n := float64(after.Mallocs-before.Mallocs) / runs; least < 0 || n < least {
			least = n
		}
		if least == 0 {
			break
		}
	}
	if least < 1 {
		least = 0 // now and then, by somebody else
	}
	return max(least, singleThreaded(runs, f))
}

// singleThreaded is testing.AllocsPerRun, which refuses to count while tests run
// in parallel.
func singleThreaded(runs int, f func()) (n float64) {
	defer func() {
		if recover() != nil {
			n = 0
		}
	}()
	return testing.AllocsPerRun(runs, f)
}
