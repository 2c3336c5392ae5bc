package compute_test

import (
	"slices"
	"testing"

	"adjoint/compute"
)

// Works in turn are done one after the other, all parts of each.
func TestInTurn(t *testing.T) {
	var did []int
	work := func(first, parts int) compute.Work {
		return compute.Work{Parts: parts, Do: func(from, to int) {
			for i := from; i < to; i++ {
				did = append(did, first+i)
			}
		}}
	}
	compute.InTurn(work(0, 2), work(10, 1), work(20, 3)).All()
	if want := []int{0, 1, 10, 20, 21, 22}; !slices.Equal(did, want) {
		t.Errorf("done are %d, want %d", did, want)
	}
}
