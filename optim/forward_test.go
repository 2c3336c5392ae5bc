package optim_test

import (
	"slices"
	"testing"

	"adjoint/optim"

	"gorgonia.org/tensor"
)

// ForwardLoss is the J of the next StepLoss, of a table that moves by rows and of one that moves as a whole, in parts
// and as a whole, and leaves no gradient.
func TestForwardLossIsThatOfTheNextStep(t *testing.T) {
	for _, rule := range []optim.Rule{optim.SGD{Rate: 0.1}, optim.Adam{Rate: 0.1}} {
		for _, parts := range []int{0, 2} {
			l := newLookup(tensor.Float64, once)
			o := minimize(t, l.j, rule)
			l.feed(t, o, reading[0])
			if parts > 0 {
				check(t, o.Split(optim.Parts{Count: parts, Feed: func(int) (float64, error) { return 0.5, nil }}, nil))
			}
			_, err := o.StepLoss() // what has J is compiled
			check(t, err)
			for step := range 3 {
				forward, err := o.ForwardLoss()
				check(t, err)
				if g := o.LastGradient(); parts == 0 && g != nil {
					t.Errorf("%T: a gradient %v, of which nothing is left", rule, g)
				}
				table := slices.Clone(l.table.Value().Float64s())
				loss, err := o.StepLoss()
				check(t, err)
				if loss != forward {
					t.Errorf("%T, %d parts, step %d: J is %v, and by its forward half %v", rule, parts, step, loss, forward)
				}
				if slices.Equal(table, l.table.Value().Float64s()) {
					t.Errorf("%T, %d parts, step %d: the table has not moved", rule, parts, step)
				}
			}
		}
	}
}
