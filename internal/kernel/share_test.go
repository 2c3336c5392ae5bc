package kernel

import (
	"math/rand/v2"
	"testing"
)

// However the parts of a product are dealt out, it has the bits of the whole.
func TestGemmShare(t *testing.T) { each(t, testGemmShare[float32], testGemmShare[float64]) }

func testGemmShare[T Float](t *testing.T) {
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
			share := g.p.Share()
			if share.Parts < 2 {
				t.Errorf("%v: %d parts", s, share.Parts)
			}
			for from := 0; from < share.Parts; {
				to := min(from+1+r.IntN(3), share.Parts)
				GemmShare(&g.p, share, g.c, nil, g.a, g.b, from, to)
				from = to
			}
			for i := range g.p.M {
				for j := range g.p.N {
					if at := i*g.p.LDC + j; g.c[at] != want[at] {
						t.Fatalf("%+v: entry %d, %d is %v in %d parts, %v as a whole", g.p, i, j, g.c[at], share.Parts, want[at])
					}
				}
			}
			g.intact()
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
