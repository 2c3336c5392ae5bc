package main

import (
	"math"
	"testing"

	"adjoint/internal/grouptest"

	"gorgonia.org/tensor"
)

// Two ranks end W14 with the loss of PyTorch 1.13.0, by the same commands as W4.
func TestRanksLoss(t *testing.T) {
	task := must(newWideOf(tensor.Float64, ranksBatch))(t)
	batches := must(cut(task, ranksBatch, 8))(t)
	losses := make([]float64, 2)
	err := grouptest.Together(2, func(g *grouptest.Member) error {
		s, err := newShared(task, batches, &watched{Group: g})
		if err == nil {
			err = s.Steps(ranksSteps)
		}
		if err == nil {
			losses[g.Rank()], err = s.Loss()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "W14", losses[0], 0.03868107458436348, 1e-9)
	if math.Float64bits(losses[0]) != math.Float64bits(losses[1]) {
		t.Errorf("rank 1 ends with %v, rank 0 with %v", losses[1], losses[0])
	}
}
