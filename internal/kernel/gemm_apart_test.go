package kernel

import (
	"slices"
	"testing"
)

// TestGemmApart holds a product whose addend comes apart to the bits of A·B and of a sum after it.
func TestGemmApart(t *testing.T) { each(t, testGemmApart[float32], testGemmApart[float64]) }

func testGemmApart[T Float](t *testing.T) {
	r := newRand()
	for _, k := range []int{0, 1, 20, 500, 600, 1300} {
		for kind := 2 * addends; kind < kinds; kind++ { // from an addend on that is not C
			m, n := 1+r.IntN(9), 1+r.IntN(9)
			c := newGemmCase(t, r, m, n, k, kind, func() T { return T(r.NormFloat64()) })
			want := slices.Clone(c.c)
			Gemm(&c.p, want, nil, c.a, c.b)
			for i := range m {
				for j := range n {
					want[i*c.p.LDC+j] += c.cin[i*c.p.Cin.Row+j*c.p.Cin.Col]
				}
			}
			c.p.Apart = true
			Gemm(&c.p, c.c, c.cin, c.a, c.b)
			if !slices.Equal(c.c, want) {
				t.Fatalf("%+v: other bits than those of a sum after it", c.p)
			}
			bound := Bind(c.p, c.c, c.cin, c.a, c.b)
			if bound.Do(0, bound.Parts); !slices.Equal(c.c, want) {
				t.Fatalf("%+v, bound: other bits than those of a sum after it", c.p)
			}
			c.intact()
		}
	}
}
