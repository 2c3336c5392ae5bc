package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// gemmCase is a product with its operands and the C it should give.
type gemmCase[T Float] struct {
	p            Product
	c, cin, a, b []T
	want         []T
	intact       func()
}

// A matrix of small whole numbers: products of them are exact, in any order.
func wholeNumbers[T Float](r *rand.Rand, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(r.IntN(17) - 8)
	}
	return s
}

// newGemmCase makes a product of whole numbers. The bits of kind choose transposes,
// gaps between rows, and the addend.
func newGemmCase[T Float](t *testing.T, r *rand.Rand, m, n, k, kind int) *gemmCase[T] {
	gap := kind & 1 * 3
	g := &gemmCase[T]{p: Product{M: m, N: n, K: k, A: RowMajor(k + gap), B: RowMajor(n + gap), LDC: n + gap}}
	if kind&2 != 0 {
		g.p.A = Transposed(m + gap)
	}
	if kind&4 != 0 {
		g.p.B = Transposed(k + gap)
	}
	if kind&8 != 0 { // no unit stride at all
		g.p.A.Row, g.p.A.Col = 2*g.p.A.Row, 2*g.p.A.Col
		g.p.B.Row, g.p.B.Col = 2*g.p.B.Row, 2*g.p.B.Col
	}
	off := kind & 3
	g.a = wholeNumbers[T](r, span(g.p.A, m, k)+off)[off:]
	g.b = wholeNumbers[T](r, span(g.p.B, k, n)+off)[off:]
	c, intact := guarded[T](t, span(Layout{g.p.LDC, 1}, m, n), off)
	copy(c, wholeNumbers[T](r, len(c)))
	g.c, g.intact = c, intact
	switch kind >> 4 {
	case 1:
		g.p.Cin, g.cin = RowMajor(g.p.LDC), g.c
	case 2:
		g.p.Cin, g.cin = PerRow, wholeNumbers[T](r, m)
	case 3:
		g.p.Cin, g.cin = Layout{}, wholeNumbers[T](r, 1)
	case 4:
		g.p.Cin, g.cin = Transposed(m+gap), wholeNumbers[T](r, (m+gap)*(n+gap))
	case 5:
		g.p.Cin, g.cin = Layout{0, 1}, wholeNumbers[T](r, n)
	}
	g.want = append([]T(nil), c...)
	for i := range m {
		for j := range n {
			s := T(0)
			if g.cin != nil {
				s = g.cin[i*g.p.Cin.Row+j*g.p.Cin.Col]
			}
			for q := range k {
				s += g.a[i*g.p.A.Row+q*g.p.A.Col] * g.b[q*g.p.B.Row+j*g.p.B.Col]
			}
			g.want[i*g.p.LDC+j] = s
		}
	}
	return g
}

// kinds is the number of kinds of newGemmCase.
const kinds = 6 << 4

// span is the number of entries a matrix reaches over.
func span(l Layout, rows, cols int) int {
	if rows == 0 || cols == 0 {
		return 0
	}
	return (rows-1)*l.Row + (cols-1)*l.Col + 1
}

func (g *gemmCase[T]) compare(t *testing.T, what string) {
	t.Helper()
	for i := range g.want {
		if !same(g.c[i], g.want[i]) {
			t.Fatalf("%s, %+v: entry (%d, %d) is %v, should be %v", what, g.p, i/g.p.LDC, i%g.p.LDC, g.c[i], g.want[i])
		}
	}
	g.intact()
}

// Products of whole numbers are exact, so every entry has one right value.
func TestGemm(t *testing.T) { each(t, testGemm[float32], testGemm[float64]) }

func testGemm[T Float](t *testing.T) {
	r := newRand()
	for _, m := range []int{0, 1, 2, 3, 5, 6, 7, 12, 13, 33} {
		for _, n := range []int{0, 1, 3, 7, 8, 9, 16, 17, 31, 70} {
			for _, k := range []int{0, 1, 2, 3, 8, 17, 40} {
				for range 4 {
					g := newGemmCase[T](t, r, m, n, k, r.IntN(kinds))
					Gemm(&g.p, g.c, g.cin, g.a, g.b)
					g.compare(t, "Gemm")
				}
			}
		}
	}
	for _, s := range [][3]int{{128, 10, 1000}, {1, 300, 600}, {300, 1, 600}, {7, 300, 577}, {10, 12, 1500}, {40, 60, 390}} {
		for kind := range kinds {
			if kind%5 == 0 {
				g := newGemmCase[T](t, r, s[0], s[1], s[2], kind)
				Gemm(&g.p, g.c, g.cin, g.a, g.b)
				g.compare(t, "Gemm")
			}
		}
	}
}

func BenchmarkGemm(b *testing.B) {
	benchGemm[float32](b)
	benchGemm[float64](b)
}

func benchGemm[T Float](b *testing.B) {
	for _, n := range []int{32, 64, 128, 256, 512, 1024} {
		p := Product{M: n, N: n, K: n, A: RowMajor(n), B: RowMajor(n), LDC: n}
		x, y, z := make([]T, n*n), make([]T, n*n), make([]T, n*n)
		for i := range x {
			x[i], y[i] = T(rand.Float64()), T(rand.Float64())
		}
		b.Run(fmt.Sprintf("%s/%d", typeName[T](), n), func(b *testing.B) {
			for b.Loop() {
				Gemm(&p, z, nil, x, y)
			}
			b.ReportMetric(2*math.Pow(float64(n), 3)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
