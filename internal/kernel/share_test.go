package kernel

import (
	"math/rand/v2"
	"testing"
)

// However the parts of a product are dealt out, it has the bits of the whole.
func TestBound(t *testing.T) { each(t, testBound[float32], testBound[float64]) }

func testBound[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	draw := func() T { return T(r.NormFloat64()) }
	sizes := [][3]int{{512, 128, 784}, {512, 784, 128}, {32, 1000, 10}, {32, 10, 1000}, {1, 4000, 30}, {1, 30, 5000}, {700, 1, 300}, {97, 61, 53}}
	for i, s := range sizes {
		for kind := range strided {
			if (i+kind)%thin() != 0 {
				continue
			}
			g := newGemmCase(t, r, s[0], s[1], s[2], kind, draw)
			want := make([]T, len(g.c))
			Gemm(&g.p, want, nil, g.a, g.b)
			bound := Bind(g.p, g.c, nil, g.a, g.b)
			if bound.Parts < 2 {
				t.Errorf("%v: %d parts", s, bound.Parts)
			}
			times := 2 // some parts at once, then all
			if bound.large.toAndFro {
				times = 4 // there and back and there
			}
			for time := range times {
				clear(g.c)
				for from := 0; from < bound.Parts; {
					to := bound.Parts
					if time == 0 {
						to = min(from+1+r.IntN(3), bound.Parts)
					}
					bound.Do(from, to)
					from = to
				}
				for i := range g.p.M {
					for j := range g.p.N {
						if at := i*g.p.LDC + j; g.c[at] != want[at] {
							t.Fatalf("%+v: entry %d, %d is %v in %d parts, %v as a whole", g.p, i, j, g.c[at], bound.Parts, want[at])
						}
					}
				}
			}
			g.intact()
		}
	}
}

// A small product that is bound has the bits of Gemm, each time that it is computed, and
// also where its addend is what it writes.
func TestBoundSmall(t *testing.T) { each(t, testBoundSmall[float32], testBoundSmall[float64]) }

func testBoundSmall[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(9, 8))
	draw := func() T { return T(r.NormFloat64()) }
	for i, s := range [][3]int{{1, 1, 1}, {32, 32, 10}, {8, 32, 32}, {1, 32, 8}, {32, 10, 32}, {16, 16, 32}, {6, 70, 33}, {13, 7, 33}, {1, 1, 900}, {40, 1, 17}, {3, 5, 0}} {
		for kind := range strided {
			if (i+kind)%thin() != 0 {
				continue
			}
			g := newGemmCase(t, r, s[0], s[1], s[2], kind, draw)
			bias := make([]T, s[0])
			for i := range bias {
				bias[i] = draw()
			}
			g.p.Cin = PerRow
			bound, want := Bind(g.p, g.c, bias, g.a, g.b), make([]T, len(g.c))
			for range 3 {
				for i := range g.a {
					g.a[i] = draw()
				}
				for i := range g.c {
					g.c[i] = draw()
				}
				Gemm(&g.p, want, bias, g.a, g.b)
				bound.Do(0, bound.Parts)
				for i := range g.p.M {
					for j := range g.p.N {
						if at := i*g.p.LDC + j; !same(g.c[at], want[at]) {
							t.Fatalf("%+v: entry %d, %d is %v bound, %v by Gemm", g.p, i, j, g.c[at], want[at])
						}
					}
				}
			}
		}
	}
}

// What is too small to share has one part.
func TestShareOfSmallProducts(t *testing.T) {
	for _, s := range [][3]int{{0, 0, 0}, {0, 5, 5}, {1, 1, 1}, {5, 0, 5}, {32, 32, 10}, {8, 32, 32}, {3, 3, 0}, {1, 1, 1 << 20}} {
		p := Product{M: s[0], N: s[1], K: s[2]}
		if share := p.Share(); share.Parts != 1 {
			t.Errorf("%v: %d parts", s, share.Parts)
		}
	}
}
