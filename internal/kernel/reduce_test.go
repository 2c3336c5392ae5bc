package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// bigSum is Σ x[i]·y[i] without rounding.
func bigSum[T Float](x, y []T) float64 {
	s := newBig(0)
	for i := range x {
		p := newBig(float64(x[i]))
		s.Add(s, p.Mul(p, newBig(float64(y[i]))))
	}
	f, _ := s.Float64()
	return f
}

func ones[T Float](n int) []T {
	s := make([]T, n)
	Fill(s, 1)
	return s
}

func normal[T Float](n int) []T {
	r := newRand()
	s := make([]T, n)
	for i := range s {
		s[i] = T(r.NormFloat64())
	}
	return s
}

var longer = append(sizes, 1023, 1024, 1025, 2047, 3000, 5*1024, 7*1024+13, 40_000)

// TestSumBits holds that a sum has the same bits at every level and from its leaves.
func TestSumBits(t *testing.T) {
	testSumBits[float32](t)
	testSumBits[float64](t)
}

func testSumBits[T Float](t *testing.T) {
	x := normal[T](40_003)
	var in [][]T
	var want []T
	use(plainGo)
	for _, n := range longer {
		for off := range 3 {
			in = append(in, x[off:off+n])
			want = append(want, Sum(x[off:off+n]))
		}
	}
	eachLevel(t, func(t *testing.T) {
		for i, x := range in {
			if got := Sum(x); got != want[i] {
				t.Errorf("Sum of %d: %v, in plain Go %v", len(x), got, want[i])
			}
			parts := make([]T, (len(x)+Leaf-1)/Leaf)
			SumLeaves(parts, x)
			if got := SumTree(parts); got != want[i] {
				t.Errorf("Sum of %d by leaves: %v, in one %v", len(x), got, want[i])
			}
		}
	})
}

// TestSumOrder holds Sum to the order of additions that its comment promises.
func TestSumOrder(t *testing.T) { each(t, testSumOrder[float32], testSumOrder[float64]) }

func testSumOrder[T Float](t *testing.T) {
	x := normal[T](7*Leaf + 100)
	leaf := func(x []T) T {
		s := make([]T, 256/sizeof[T]())
		for i, v := range x {
			s[i%len(s)] += v
		}
		for len(s) > 1 {
			h := len(s) / 2
			for i := range h {
				s[i] += s[i+h]
			}
			s = s[:h]
		}
		return s[0]
	}
	var level []T
	for i := 0; i < len(x); i += Leaf {
		level = append(level, leaf(x[i:min(i+Leaf, len(x))]))
	}
	for len(level) > 1 {
		var next []T
		for i := 0; i < len(level); i += 2 {
			if i+1 < len(level) {
				next = append(next, level[i]+level[i+1])
			} else {
				next = append(next, level[i])
			}
		}
		level = next
	}
	if got := Sum(x); got != level[0] {
		t.Errorf("Sum = %v, in the promised order %v", got, level[0])
	}
}

func TestSumDot(t *testing.T) { each(t, testSumDot[float32], testSumDot[float64]) }

func testSumDot[T Float](t *testing.T) {
	all := normal[T](40_003)
	for _, n := range longer {
		for off := range 1 + 2/thin() {
			x, y := all[off:off+n], all[len(all)-n:]
			// A sum of n terms in lanes and a tree rounds each term some thirty times.
			bound := 30 * epsilon[T]()
			check := func(name string, got T, y []T) {
				t.Helper()
				size := 0.0
				for i := range x {
					size += math.Abs(float64(x[i]) * float64(y[i]))
				}
				if d := math.Abs(float64(got) - bigSum(x, y)); !(d <= bound*size) {
					t.Errorf("%s of %d is off by %g", name, n, d)
				}
			}
			check("Sum", Sum(x), ones[T](n))
			check("Dot", Dot(x, y), y)
		}
	}
	// A naive sum of this would be off by 1e-4 in float32.
	tenths := make([]T, 1<<17)
	Fill(tenths, 0.1)
	exact, _ := newBig(0).Mul(newBig(float64(T(0.1))), newBig(1<<17)).Float64()
	if d := math.Abs(float64(Sum(tenths))/exact - 1); d > 2*epsilon[T]() {
		t.Errorf("a sum of equal terms is off by %g", d)
	}
}

func TestReduceSpecials(t *testing.T) {
	each(t, testReduceSpecials[float32], testReduceSpecials[float64])
}

func testReduceSpecials[T Float](t *testing.T) {
	if Sum([]T{}) != 0 || Dot([]T{}, []T{}) != 0 || SumTree([]T{}) != 0 {
		t.Error("an empty sum is not zero")
	}
	for _, n := range longer[1:] {
		x, y := make([]T, n), make([]T, n)
		for _, at := range []int{0, n / 2, n - 1} {
			for _, v := range []T{T(nan), T(inf)} {
				x[at] = v
				if got := Sum(x); !same(got, v) {
					t.Errorf("Sum of %d zeros and a %v at %d is %v", n-1, v, at, got)
				}
				if got := Dot(x, y); got == got {
					t.Errorf("Dot of %d with 0·%v at %d is %v", n, v, at, got)
				}
				if got := Max(x); !same(got, v) {
					t.Errorf("Max of %d zeros and a %v at %d is %v", n-1, v, at, got)
				}
			}
			x[at] = 0
		}
	}
}

func TestMax(t *testing.T) { each(t, testMax[float32], testMax[float64]) }

func testMax[T Float](t *testing.T) {
	x := normal[T](1100)
	for i := range x {
		x[i] -= 100 // so that zeros past the end would be seen
	}
	for _, n := range longer[1:] {
		n = min(n, len(x))
		for off := range min(3, len(x)-n+1) {
			want := x[off]
			for _, v := range x[off : off+n] {
				want = max(want, v)
			}
			if got := Max(x[off : off+n]); got != want {
				t.Errorf("Max of %d is %v, should be %v", n, got, want)
			}
		}
	}
	if got := Max([]T{T(-inf), T(-inf)}); !math.IsInf(float64(got), -1) {
		t.Errorf("Max of −Inf is %v", got)
	}
}

func TestMatrixReductions(t *testing.T) {
	each(t, testMatrixReductions[float32], testMatrixReductions[float64])
}

func testMatrixReductions[T Float](t *testing.T) {
	r := newRand()
	for _, m := range []int{1, 2, 3, 10, 63, 64, 65, 200} {
		for _, n := range []int{0, 1, 2, 3, 4, 7, 8, 9, 31, 32, 33, 100} {
			ld := n + r.IntN(3)
			x := wholeNumbers[T](r, m*ld)
			rows, rowsIntact := guarded[T](t, m, n%3)
			cols, colsIntact := guarded[T](t, n, n%3)
			most, mostIntact := guarded[T](t, n, n%3)
			RowSums(rows, x, m, n, ld)
			ColSums(cols, x, m, n, ld)
			ColMax(most, x, m, n, ld)
			rowsIntact()
			colsIntact()
			mostIntact()
			for i := range m {
				s := T(0)
				for j := range n {
					s += x[i*ld+j]
				}
				if rows[i] != s {
					t.Fatalf("%d×%d: row %d sums to %v, not %v", m, n, i, s, rows[i])
				}
			}
			for j := range n {
				s, most1 := T(0), x[j]
				for i := range m {
					s += x[i*ld+j]
					most1 = max(most1, x[i*ld+j])
				}
				if cols[j] != s || most[j] != most1 {
					t.Fatalf("%d×%d: column %d has sum %v and maximum %v, not %v and %v", m, n, j, s, most1, cols[j], most[j])
				}
			}
		}
	}
	ColSums([]T{}, []T{}, 3, 0, 0)
	none := []T{7, 7}
	ColSums(none, []T{}, 0, 2, 2)
	if none[0] != 0 || none[1] != 0 {
		t.Errorf("the column sums of no rows are %v", none)
	}
}

func wholeNumbers[T Float](r *rand.Rand, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(r.IntN(17) - 8)
	}
	return s
}
