package kernel

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestTanhBends holds tanh to 2.5 units in the last place where it bends.
func TestTanhBends(t *testing.T) {
	testTanhBends[float32](t)
	testTanhBends[float64](t)
}

func testTanhBends[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	x := make([]T, 4000/thin())
	want := make([]*big.Float, len(x))
	for i := range x {
		x[i] = T(r.Float64()*1.2 + 0.2)
		want[i] = bigTanh(newBig(float64(x[i])))
	}
	eachLevel(t, func(t *testing.T) {
		y := make([]T, len(x))
		Tanh(y, x)
		for i, v := range x {
			if u := ulps(y[i], want[i]); u > 2.5 {
				t.Fatalf("Tanh(%v) = %v is off by %.2f ulps", v, y[i], u)
			}
		}
	})
}
