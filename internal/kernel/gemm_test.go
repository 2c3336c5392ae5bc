package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// gemmCase is a product with its operands.
type gemmCase[T Float] struct {
	p            Product
	c, cin, a, b []T
	intact       func() // fails the test if anything around c was written
	x, y         []T    // of entry
}

// The kinds of operands of newGemmCase.
const (
	gaps    = 1 << iota // between rows
	transA              // A lies as its transpose
	transB              // B lies as its transpose
	strided             // no stride is 1
	addends             // times 0 to 5
	kinds   = 6 * addends
)

// newGemmCase makes a product of entries drawn from draw. Between and around the
// entries of A and B there is NaN, to be noticed if it is read.
func newGemmCase[T Float](t *testing.T, r *rand.Rand, m, n, k, kind int, draw func() T) *gemmCase[T] {
	gap := kind & gaps * 3
	g := &gemmCase[T]{p: Product{M: m, N: n, K: k, A: RowMajor(k + gap), B: RowMajor(n + gap), LDC: n + gap}}
	if kind&transA != 0 {
		g.p.A = Transposed(m + gap)
	}
	if kind&transB != 0 {
		g.p.B = Transposed(k + gap)
	}
	if kind&strided != 0 {
		g.p.A.Row, g.p.A.Col = 2*g.p.A.Row, 2*g.p.A.Col
		g.p.B.Row, g.p.B.Col = 2*g.p.B.Row, 2*g.p.B.Col
	}
	matrix := func(l Layout, rows, cols int) []T {
		off := r.IntN(4)
		s := make([]T, off+span(l, rows, cols))
		Fill(s, T(nan))
		for i := range rows {
			for j := range cols {
				s[off+i*l.Row+j*l.Col] = draw()
			}
		}
		return s[off:]
	}
	g.a, g.b = matrix(g.p.A, m, k), matrix(g.p.B, k, n)
	g.c, g.intact = guarded[T](t, span(RowMajor(g.p.LDC), m, n), r.IntN(4))
	for i := range g.c {
		g.c[i] = draw()
	}
	switch kind / addends {
	case 1:
		g.p.Cin, g.cin = RowMajor(g.p.LDC), g.c
	case 2:
		g.p.Cin = PerRow
	case 3:
		g.p.Cin = Layout{} // one number for all of C
	case 4:
		g.p.Cin = Transposed(m + gap)
	case 5:
		g.p.Cin = Layout{0, 1}
	}
	if kind/addends > 1 {
		g.cin = matrix(g.p.Cin, m, n)
	}
	return g
}

// span is the number of entries a matrix reaches over.
func span(l Layout, rows, cols int) int {
	if rows == 0 || cols == 0 {
		return 0
	}
	return (rows-1)*l.Row + (cols-1)*l.Col + 1
}

// entry returns the terms of an entry of C: the addend, which is 0 if there is
// none, and the factors of the products, until the next call.
func (g *gemmCase[T]) entry(i, j int) (addend T, x, y []T) {
	if g.cin != nil {
		addend = g.cin[i*g.p.Cin.Row+j*g.p.Cin.Col]
	}
	g.x, g.y = g.x[:0], g.y[:0]
	for q := range g.p.K {
		g.x = append(g.x, g.a[i*g.p.A.Row+q*g.p.A.Col])
		g.y = append(g.y, g.b[q*g.p.B.Row+j*g.p.B.Col])
	}
	return addend, g.x, g.y
}

// run computes the product and checks that nothing else was written.
func (g *gemmCase[T]) run(t *testing.T) {
	t.Helper()
	between := append([]T(nil), g.c...)
	Gemm(&g.p, g.c, g.cin, g.a, g.b)
	g.intact()
	for i, v := range between {
		if g.p.LDC > 0 && i%g.p.LDC >= g.p.N && g.c[i] != v {
			t.Fatalf("%+v: an entry between rows of C was written", g.p)
		}
	}
}

// shapes are products M×N×K that reach every tile and every way to choose one.
var shapes = [][3]int{
	{128, 10, 300}, {1, 300, 600}, {300, 1, 600}, {7, 300, 577}, {10, 12, 1500},
	{40, 60, 390}, {5, 60, 1500}, {60, 600, 70}, {30, 520, 33}, {2, 70, 9}, {3, 70, 9}, {4, 9, 40},
}

// Products and sums of small whole numbers are exact in any order, so every entry
// has one right value.
func TestGemm(t *testing.T) { each(t, testGemm[float32], testGemm[float64]) }

func testGemm[T Float](t *testing.T) {
	r := newRand()
	check := func(m, n, k, kind int) {
		t.Helper()
		g := newGemmCase(t, r, m, n, k, kind, func() T { return T(r.IntN(17) - 8) })
		want := make([]T, 0, m*n)
		for i := range m {
			for j := range n {
				s, x, y := g.entry(i, j)
				for q := range x {
					s += x[q] * y[q]
				}
				want = append(want, s)
			}
		}
		g.run(t)
		for e, w := range want {
			i, j := e/n, e%n
			if got := g.c[i*g.p.LDC+j]; got != w {
				t.Fatalf("%+v, kind %d: entry (%d, %d) is %v, should be %v", g.p, kind, i, j, got, w)
			}
		}
	}
	for _, m := range []int{0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 33} {
		for _, n := range []int{0, 1, 3, 7, 8, 9, 16, 17, 31, 70} {
			for _, k := range []int{0, 1, 2, 3, 8, 17, 40} {
				for range 1 + 2/thin() {
					check(m, n, k, r.IntN(kinds))
				}
			}
		}
	}
	for i, s := range shapes {
		for kind := i % 13; kind < kinds; kind += 13 * thin() {
			check(s[0], s[1], s[2], kind)
		}
	}
}

// TestGemmBlocks holds that an entry has the same bits however C is cut.
func TestGemmBlocks(t *testing.T) { each(t, testGemmBlocks[float32], testGemmBlocks[float64]) }

func testGemmBlocks[T Float](t *testing.T) {
	r := newRand()
	for i, s := range shapes {
		for kind := i % 11; kind < kinds; kind += 11 * thin() {
			g := newGemmCase(t, r, s[0], s[1], s[2], kind, func() T { return T(r.NormFloat64()) })
			before := append([]T(nil), g.c...)
			g.run(t)
			whole := append([]T(nil), g.c...)
			copy(g.c, before)
			rows, cols := cuts(r, g.p.M), cuts(r, g.p.N)
			for i := range rows[1:] {
				for j := range cols[1:] {
					GemmBlock(&g.p, g.c, g.cin, g.a, g.b, rows[i], rows[i+1], cols[j], cols[j+1])
				}
			}
			g.intact()
			for e := range whole {
				if g.c[e] != whole[e] {
					t.Fatalf("%+v, kind %d: entry (%d, %d) is %v in blocks, %v in the whole", g.p, kind, e/g.p.LDC, e%g.p.LDC, g.c[e], whole[e])
				}
			}
		}
	}
}

// cuts returns 0, two cuts and n, in order.
func cuts(r *rand.Rand, n int) []int {
	x, y := r.IntN(n+1), r.IntN(n+1)
	return []int{0, min(x, y), max(x, y), n}
}

// TestGemmRounding bounds the error of every entry by that of adding its products
// one after another in pieces.
func TestGemmRounding(t *testing.T) { each(t, testGemmRounding[float32], testGemmRounding[float64]) }

func testGemmRounding[T Float](t *testing.T) {
	r := newRand()
	for _, s := range [][3]int{{3, 5, 10}, {7, 20, 60}, {2, 2, 2000}, {5, 1, 700}, {1, 5, 700}} {
		for kind := s[0] % 7; kind < kinds; kind += 7 * thin() {
			g := newGemmCase(t, r, s[0], s[1], s[2], kind, func() T { return T(r.NormFloat64()) })
			var want, size []float64
			for i := range g.p.M {
				for j := range g.p.N {
					add, x, y := g.entry(i, j)
					x, y = append(x, add), append(y, 1)
					want = append(want, bigSum(x, y))
					total := 0.0
					for q := range x {
						total += math.Abs(float64(x[q]) * float64(y[q]))
					}
					size = append(size, total)
				}
			}
			g.run(t)
			for e, w := range want {
				i, j := e/g.p.N, e%g.p.N
				got := float64(g.c[i*g.p.LDC+j])
				if d := math.Abs(got - w); !(d <= epsilon[T]()*size[e]*math.Sqrt(float64(g.p.K+10))) {
					t.Fatalf("%+v, kind %d: entry (%d, %d) is off by %g", g.p, kind, i, j, d)
				}
			}
		}
	}
}

// TestGemmNaN holds that a NaN or an infinity in A or B is seen in its row or
// column of C, though it is multiplied by zeros, and nowhere else.
func TestGemmNaN(t *testing.T) { each(t, testGemmNaN[float32], testGemmNaN[float64]) }

func testGemmNaN[T Float](t *testing.T) {
	r := newRand()
	for _, s := range [][3]int{{1, 1, 2}, {5, 19, 12}, {13, 1, 30}, {1, 70, 5}, {8, 33, 100}, {40, 40, 40}} {
		for kind := range kinds {
			for _, v := range []T{T(nan), T(inf)} {
				g := newGemmCase(t, r, s[0], s[1], s[2], kind, func() T { return 0 })
				row, col := r.IntN(g.p.M), r.IntN(g.p.N)
				k := r.IntN(g.p.K)
				g.a[row*g.p.A.Row+k*g.p.A.Col] = v
				g.b[(k+1)%g.p.K*g.p.B.Row+col*g.p.B.Col] = v
				g.run(t)
				for i := range g.p.M {
					for j := range g.p.N {
						got := g.c[i*g.p.LDC+j]
						if isNaN := got != got; isNaN != (i == row || j == col) {
							t.Fatalf("%+v, kind %d, %v in row %d and column %d: entry (%d, %d) is %v", g.p, kind, v, row, col, i, j, got)
						}
					}
				}
			}
		}
	}
}

func TestGemmMistakes(t *testing.T) {
	x := make([]float64, 6)
	good := Product{M: 2, N: 3, K: 1, A: RowMajor(1), B: RowMajor(3), LDC: 3}
	bad := map[string]func(p *Product){
		"negative size": func(p *Product) { p.M = -1 },
		"A too short":   func(p *Product) { p.A.Row = 6 },
		"B too short":   func(p *Product) { p.K, p.A.Row = 3, 3 },
		"rows overlap":  func(p *Product) { p.LDC = 2 },
		"C too short":   func(p *Product) { p.LDC = 4 },
		"negative step": func(p *Product) { p.B.Col = -1 },
		"Cin too short": func(p *Product) { p.Cin.Row = 6 },
	}
	Gemm(&good, x, x, x, x)
	for name, change := range bad {
		p := good
		change(&p)
		mustPanic(t, name, func() { Gemm(&p, x, x, x, x) })
	}
	for _, b := range [][4]int{{-1, 2, 0, 3}, {0, 3, 0, 3}, {2, 1, 0, 3}, {0, 2, 0, 4}, {0, 2, 2, 1}} {
		mustPanic(t, fmt.Sprint(b), func() { GemmBlock(&good, x, nil, x, x, b[0], b[1], b[2], b[3]) })
	}
}

// benchmarkShapes are squares and the products of training: forward, back to the
// layer below, and to the weights, of nets 784-512-256-10 and 10-32-8-1.
var benchmarkShapes = []struct {
	m, n, k int
	op      string
}{
	{32, 32, 32, "AB"}, {64, 64, 64, "AB"}, {128, 128, 128, "AB"}, {256, 256, 256, "AB"}, {512, 512, 512, "AB"}, {1024, 1024, 1024, "AB"},
	{512, 512, 512, "ABt"}, {512, 512, 512, "AtB"},
	{512, 128, 784, "AB"}, {256, 128, 512, "AB"}, {10, 128, 256, "AB"}, {512, 128, 256, "AtB"}, {256, 128, 10, "AtB"},
	{512, 784, 128, "ABt"}, {256, 512, 128, "ABt"}, {10, 256, 128, "ABt"},
	{32, 1000, 10, "AB"}, {8, 1000, 32, "AB"}, {1, 1000, 8, "AB"}, {32, 1000, 8, "AtB"}, {8, 1000, 1, "AtB"},
	{32, 10, 1000, "ABt"}, {8, 32, 1000, "ABt"}, {1, 8, 1000, "ABt"},
	{512, 1, 784, "AB"}, {32, 1, 10, "AB"},
}

func BenchmarkGemm(b *testing.B) {
	b.Run("float32", benchmarkGemm[float32])
	b.Run("float64", benchmarkGemm[float64])
}

func benchmarkGemm[T Float](b *testing.B) {
	for _, s := range benchmarkShapes {
		p := Product{M: s.m, N: s.n, K: s.k, A: RowMajor(s.k), B: RowMajor(s.n), LDC: s.n}
		switch s.op {
		case "AtB":
			p.A = Transposed(s.m)
		case "ABt":
			p.B = Transposed(s.k)
		}
		x, y, z := normal[T](s.m*s.k), normal[T](s.k*s.n), make([]T, s.m*s.n)
		b.Run(fmt.Sprintf("%s/%dx%dx%d", s.op, s.m, s.n, s.k), func(b *testing.B) {
			for b.Loop() {
				Gemm(&p, z, nil, x, y)
			}
			flop := 2 * float64(s.m) * float64(s.n) * float64(s.k)
			b.ReportMetric(flop*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
