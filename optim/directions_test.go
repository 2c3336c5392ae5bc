package optim

import (
	"testing"

	"adjoint/internal/random"

	"gonum.org/v1/gonum/optimize"
)

// The directions are those of gonum's LBFGS to the bit, before and after the memory is full.
func TestDirectionsAgreeWithGonum(t *testing.T) {
	const n = 7
	s := random.New(1, random.ForMakers, 0)
	ours, theirs := &directions{most: 4}, &optimize.LBFGS{Store: 4}
	at := &optimize.Location{X: make([]float64, n), Gradient: make([]float64, n)}
	for search := range 2 {
		for k := range 12 {
			for i := range n {
				δ := s.Uniform() - 0.5
				at.X[i] += δ
				at.Gradient[i] += float64(i+1)*δ + 0.1*s.Uniform()
			}
			got, want := make([]float64, n), make([]float64, n)
			ask, askGonum := ours.NextDirection, theirs.NextDirection
			if k == 0 {
				ask, askGonum = ours.InitDirection, theirs.InitDirection
			}
			if a, b := ask(at, got), askGonum(at, want); a != b {
				t.Errorf("search %d, point %d: a first step of %v, want %v", search, k, a, b)
			}
			for i := range n {
				if got[i] != want[i] {
					t.Errorf("search %d, point %d: %v, want %v", search, k, got, want)
					break
				}
			}
		}
	}
}
