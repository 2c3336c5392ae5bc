package optim_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"adjoint/optim"

	"gorgonia.org/tensor"
)

// questions are what may be asked of an Objective.
var questions = []struct {
	what string
	of   func(o net) (float64, []*tensor.Dense, error)
}{
	{"J", func(o net) (loss float64, _ []*tensor.Dense, err error) {
		loss, err = o.Loss()
		return loss, nil, err
	}},
	{"J by the forward half", func(o net) (loss float64, _ []*tensor.Dense, err error) {
		loss, err = o.ForwardLoss()
		return loss, nil, err
	}},
	{"∇J", func(o net) (_ float64, g []*tensor.Dense, err error) {
		g, err = o.Gradient()
		return 0, g, err
	}},
	{"J with ∇J", func(o net) (float64, []*tensor.Dense, error) { return o.LossGradient() }},
	{"a step", func(o net) (float64, []*tensor.Dense, error) {
		loss, err := o.StepLoss()
		return loss, o.LastGradient(), err
	}},
}

// What is lent, as it lies or as its lazy transpose, is what all programs of an
// Objective read, whatever is asked for, and takes turns with what is fed.
func TestObjectiveLends(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	n, fed := newNet(t, tensor.Float64, optim.SGD{Rate: 0.1}), newNet(t, tensor.Float64, optim.SGD{Rate: 0.1})
	near := func(how string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-13*(1+math.Abs(want))) {
			t.Fatalf("%s is %g, should be %g", how, got, want)
		}
	}
	batch := -1 // none yet
	for range 300 {
		switch {
		case batch < 0 || r.IntN(3) > 0:
			batch = r.IntN(2)
			fed.feed(t, batch)
			x, y := n.batches[batch][0], n.batches[batch][1]
			switch r.IntN(3) {
			case 0:
				check(t, n.Feed(n.x, x))
			case 1:
				check(t, n.Lend(n.x, x))
			case 2:
				rows := x.Clone().(*tensor.Dense)
				check(t, rows.T())
				check(t, rows.Transpose())
				check(t, rows.T())
				check(t, n.Lend(n.x, rows))
			}
			check(t, n.Feed(n.y, y))
		case r.IntN(2) == 0: // another y, and x as it was
			y := dense(normal(r.Uint64(), n.batches[batch][1].Size()), n.batches[batch][1].Shape()...)
			check(t, n.Feed(n.y, y))
			check(t, fed.Feed(fed.y, y))
		}
		asked := questions[r.IntN(len(questions))]
		loss, gradient, err := asked.of(n)
		check(t, err)
		wantLoss, want, err := asked.of(fed)
		check(t, err)
		near(asked.what, loss, wantLoss)
		for k := range want {
			for i, w := range entries(want[k]) {
				near(asked.what, entries(gradient[k])[i], w)
			}
		}
	}
}
