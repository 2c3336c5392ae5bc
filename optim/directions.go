package optim

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// directions are those of L-BFGS: −H∇J, where H is the inverse of the curvature as the
// recent steps show it (J. Nocedal, S. Wright, "Numerical Optimization", 2nd ed. 2006,
// algorithm 7.4). Its memory grows with the steps, so that a short search pays for no
// more than it takes.
type directions struct {
	most    int    // steps to remember
	steps   []bend // a ring, once there are so many
	oldest  int
	x, grad []float64 // where the last step ended
}

// A bend is how ∇J changed in a step.
type bend struct {
	s, y  []float64 // the changes of the point and of ∇J
	inner float64   // 1/(s·y)
	share float64   // of s in the direction, between the two passes
}

// InitDirection forgets all steps. The first direction is −∇J, for a step of length 1.
func (d *directions) InitDirection(at *optimize.Location, dir []float64) (step float64) {
	d.steps, d.oldest = d.steps[:0], 0
	d.x, d.grad = append(d.x[:0], at.X...), append(d.grad[:0], at.Gradient...)
	floats.ScaleTo(dir, -1, at.Gradient)
	return 1 / floats.Norm(dir, 2)
}

// NextDirection takes in the step to a point, and returns the direction there.
func (d *directions) NextDirection(at *optimize.Location, dir []float64) (step float64) {
	last := d.next(len(dir))
	floats.SubTo(last.s, at.X, d.x)
	floats.SubTo(last.y, at.Gradient, d.grad)
	product := floats.Dot(last.s, last.y)
	last.inner = 1 / product
	copy(d.x, at.X)
	copy(d.grad, at.Gradient)
	copy(dir, at.Gradient)
	n := len(d.steps)
	for i := n - 1; i >= 0; i-- {
		b := &d.steps[(d.oldest+i)%n]
		b.share = b.inner * floats.Dot(b.s, dir)
		floats.AddScaled(dir, -b.share, b.y)
	}
	floats.Scale(product/floats.Dot(last.y, last.y), dir)
	for i := range n {
		b := &d.steps[(d.oldest+i)%n]
		floats.AddScaled(dir, b.share-b.inner*floats.Dot(b.y, dir), b.s)
	}
	floats.Scale(-1, dir)
	return 1
}

// next returns the place of the newest step, of n numbers: a new one, or the oldest.
func (d *directions) next(n int) *bend {
	if len(d.steps) < d.most {
		both := make([]float64, 2*n)
		d.steps = append(d.steps, bend{s: both[:n], y: both[n:]})
		return &d.steps[len(d.steps)-1]
	}
	b := &d.steps[d.oldest]
	d.oldest = (d.oldest + 1) % d.most
	return b
}
