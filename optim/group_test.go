package optim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"adjoint/internal/grouptest"
)

// plainSum adds along the tree that the comment of tree describes, by recursion.
func plainSum(v []float64) float64 {
	if len(v) == 1 {
		return v[0]
	}
	l := 1
	for 2*l < len(v) {
		l *= 2
	}
	return plainSum(v[:l]) + plainSum(v[l:])
}

// Every number of ranks has the bits of the tree, on each rank, and every leaf is
// computed once.
func TestTreeBitsOfEveryGroup(t *testing.T) {
	draws := rand.New(rand.NewPCG(1, 2))
	for leaves := 1; leaves <= 17; leaves++ {
		values := make([]float64, leaves)
		for i := range values {
			values[i] = draws.NormFloat64()
		}
		want := plainSum(values)
		for size := 1; size <= leaves; size++ {
			computed := make([]int, leaves)
			var mu sync.Mutex
			err := grouptest.Together(size, func(g *grouptest.Member) error {
				s := newSummer[float64](newTree(leaves, g.Rank(), g.Size()), g, 1)
				got, err := s.sum(func(leaf int, into []float64) error {
					mu.Lock()
					computed[leaf]++
					mu.Unlock()
					into[0] = values[leaf]
					return nil
				})
				if err == nil && got[0] != want {
					err = fmt.Errorf("rank %d of %d: %v, not %v", g.Rank(), g.Size(), got[0], want)
				}
				return err
			})
			if err != nil {
				t.Fatalf("%d leaves: %v", leaves, err)
			}
			for leaf, n := range computed {
				if n != 1 {
					t.Errorf("%d leaves, %d ranks: leaf %d computed %d times", leaves, size, leaf, n)
				}
			}
		}
	}
}

// Where the leaf of one rank fails, all ranks have an error that names it, and none waits.
func TestTreeFailureReachesAll(t *testing.T) {
	bad := errors.New("row 7 is bad")
	for _, size := range []int{1, 2, 3, 4, 8} {
		failed := 0
		var mu sync.Mutex
		grouptest.Together(size, func(g *grouptest.Member) error {
			s := newSummer[float32](newTree(8, g.Rank(), g.Size()), g, 3)
			_, err := s.sum(func(leaf int, into []float32) error {
				if leaf == 5 {
					return bad
				}
				return nil
			})
			if errors.Is(err, bad) {
				mu.Lock()
				failed++
				mu.Unlock()
			}
			return err
		})
		if failed != size {
			t.Errorf("%d of %d ranks have the error", failed, size)
		}
	}
}
