package optest

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// stated asserts what the row states at its Points, in both float types.
func (c *checker) stated() {
	c.t.Helper()
	for _, p := range c.op.Points {
		dims := p.Dims
		if dims == nil {
			for _, x := range p.X {
				dims = append(dims, []int{len(x)})
			}
		}
		for _, dtype := range floatTypes {
			c.in(dims, dtype)
			smooth := c.smooth(dims)
			for i, r := range p.R {
				smooth[i] = smooth[i] || r != nil
			}
			if f := c.build(Stated, dims, dtype, smooth); f != nil {
				c.guard(Stated, func() error { c.t.Helper(); return c.point(f.first, p) })
			}
		}
	}
}

func (c *checker) point(m *mapping, p Point) error {
	c.t.Helper()
	ones := inactive(m.ζ, 0)
	for i := range ones[0] {
		ones[0][i] = 1
	}
	res, err := m.run(0, p.X, ones, inactive(m.ξ, 0))
	if err != nil {
		return err
	}
	assert := func(what string, got, want []float64) {
		c.t.Helper()
		want, allowed := append([]float64(nil), want...), make([]float64, len(want))
		if m.plain.dtype == tensor.Float32 {
			round([][]float64{want})
		}
		for i, v := range want {
			allowed[i] = tolerance(m) * math.Abs(v)
		}
		c.compare(comparison{law: Stated, what: fmt.Sprintf("%s at %v", what, p.X), got: got, gotName: what,
			want: want, wantName: "the row (" + p.Why + ")", allowed: allowed})
	}
	if p.Y != nil {
		assert("F", res.out[0], p.Y)
	}
	for i, r := range p.R {
		if r != nil {
			assert(fmt.Sprintf("r, input %d,", i), res.r[i], r)
		}
	}
	return nil
}
