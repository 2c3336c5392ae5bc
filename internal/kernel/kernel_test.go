package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// sizes are the lengths every pointwise test runs over: around the widths of the
// vectors of both types, and of the unrolled loops.
var sizes = []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 257, 1000}

// eachLevel runs a test once for every instruction set of this machine, with that
// set in use.
func eachLevel(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	defer use(best())
	for _, l := range levels() {
		use(l)
		t.Run(l.String(), test)
	}
}

// each runs the two instances of a test at every level.
func each(t *testing.T, test32, test64 func(t *testing.T)) {
	t.Helper()
	eachLevel(t, func(t *testing.T) {
		t.Run("float32", test32)
		t.Run("float64", test64)
	})
}

// thin is 1, and more in a short run: tests take one case in that many.
func thin() int {
	if testing.Short() {
		return 5
	}
	return 1
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// guarded returns a slice of n entries that starts off entries into an array, and
// a function that fails the test if anything around it was written.
func guarded[T Float](t *testing.T, n, off int) ([]T, func()) {
	const margin = 40
	const mark = 12345
	buf := make([]T, off+n+margin)
	for i := range buf {
		buf[i] = mark
	}
	return buf[off : off+n : off+n], func() {
		t.Helper()
		for i, v := range buf {
			if (i < off || i >= off+n) && v != mark {
				t.Fatalf("entry %d of a slice of %d was written", i-off, n)
			}
		}
	}
}

// same reports whether two numbers are equal, NaN being equal to NaN.
func same[T Float](x, y T) bool { return x == y || x != x && y != y }

// epsilon is the distance from 1 to the next T.
func epsilon[T Float]() float64 {
	if sizeof[T]() == 4 {
		return 0x1p-23
	}
	return 0x1p-52
}

// mustPanic fails the test unless f panics.
func mustPanic(t *testing.T, name string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", name)
		}
	}()
	f()
}

func typeName[T Float]() string { return fmt.Sprintf("float%d", 8*sizeof[T]()) }

var (
	nan = math.NaN()
	inf = math.Inf(1)
)
