package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestTanhBends holds tanh to 2.5 units in the last place where it bends, between the
// forms that plain Go has for small and for large arguments. The values are those of
// math/big.
func TestTanhBends(t *testing.T) { each(t, testTanhBends[float32], testTanhBends[float64]) }

func testTanhBends[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	x := make([]T, 4000/thin())
	for i := range x {
		x[i] = T(r.Float64()*1.2 + 0.2)
	}
	y := make([]T, len(x))
	Tanh(y, x)
	for i, v := range x {
		if u := ulps(y[i], bigTanh(newBig(float64(v)))); u > 2.5 {
			t.Fatalf("Tanh(%v) = %v is off by %.2f ulps", v, y[i], u)
		}
	}
}
