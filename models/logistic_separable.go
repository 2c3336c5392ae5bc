package models

import (
	"context"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"
)

// noMinimum is why a search without a penalty did not converge.
const noMinimum = "no minimum: a plane parts classes, and without a penalty weights grow for ever"

// isSeparable reports whether the rows are linearly separable. Then J has no minimum:
// weights may grow for ever in some direction without raising the loss of any row
// (A. Albert, J. Anderson 1984). The gradient tends to 0 along it, so a search ends.
//
// In such a direction the logits u of every row have uʸ ≥ uᵏ, for its class y and
// all k. The logits z at the end of the search may show it. Otherwise a small penalty on
// z², with which there is a minimum, shows it: as its price falls, z moves along u by
// the logarithm of the price, and hardly in any other direction.
func (t *Training) isSeparable(ctx context.Context, tolerance float64, s *optim.Standardized) (bool, error) {
	z := t.scorer.network.a.In(0)
	u, err := t.logits(z)
	if err != nil {
		return false, err
	}
	if least, most := t.margins(u); least >= 0 && most > 0 {
		return true, nil
	}
	weights := valuesOf(t.scorer.formula.Params)
	defer weights.restore(t.scorer.formula.Params)
	price := max(1e-8*t.meanWeight(), tolerance)
	u, err = t.logitsWithPrice(ctx, z, price, s)
	if err != nil {
		return false, err
	}
	from, err := t.logitsWithPrice(ctx, z, 100*price, s)
	if err != nil {
		return false, err
	}
	for i := range u {
		u[i] -= from[i]
	}
	least, most := t.margins(u)
	return most > 1 && least > -0.01*most, nil
}

// logitsWithPrice returns the logits at the minimum of J + price·mean(Σz²).
func (t *Training) logitsWithPrice(ctx context.Context, z *graph.Node, price float64, s *optim.Standardized) ([]float64, error) {
	cost := ops.Add(t.scorer.cost(t.feeding.weight), ops.Scale(price, ops.Mean(ops.Sum(ops.Square(z), 0))))
	o, err := optim.NewObjective(cost, t.scorer.formula.Params...)
	if err != nil {
		return nil, err
	}
	if err := t.feeding.to(o); err != nil {
		return nil, err
	}
	search := optim.LBFGS{Tolerance: price / 100, MaxIterations: 1000, Memory: memory, Standardized: s}
	if _, err := search.Minimize(ctx, o); err != nil {
		return nil, err
	}
	return t.logits(z)
}

// logits returns the value of z, (k, N), on the training rows.
func (t *Training) logits(z *graph.Node) ([]float64, error) {
	p, err := graph.Compile(z)
	if err != nil {
		return nil, err
	}
	if err := t.feeding.to(p); err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	v, err := p.Value(z)
	if err != nil {
		return nil, err
	}
	return graph.Values[float64](v), nil
}

// margins returns the least and the largest lead that logits u, (k, N), give to
// the class of a training row over another class. A single row of logits is that
// of the second class, the first having 0.
func (t *Training) margins(u []float64) (least, most float64) {
	n := t.train.Rows()
	at := func(class, row int) float64 {
		if len(u) == n {
			return u[row] * float64(class)
		}
		return u[class*n+row]
	}
	for i, y := range t.train.Y {
		if t.feeding.weights != nil && t.feeding.weights[i] == 0 {
			continue
		}
		for k := range t.train.Classes {
			if k != int(y) {
				lead := at(int(y), i) - at(k, i)
				least, most = min(least, lead), max(most, lead)
			}
		}
	}
	return least, most
}
