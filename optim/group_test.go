package optim

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
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
// computed once. Long vectors are halved on their way.
func TestTreeBitsOfEveryGroup(t *testing.T) {
	draws := rand.New(rand.NewPCG(1, 2))
	for leaves := 1; leaves <= 17; leaves++ {
		values := make([]float64, leaves)
		for i := range values {
			values[i] = draws.NormFloat64()
		}
		for size := 1; size <= leaves; size++ {
			for _, length := range []int{1, halved + 5} {
				sumByRanks(t, values, size, length)
			}
		}
	}
}

// sumByRanks sums vectors, whose entry k is 2ᵏ times (k modulo 16) the number given.
func sumByRanks(t *testing.T, values []float64, size, length int) {
	t.Helper()
	want := plainSum(values)
	computed := make([]atomic.Int32, len(values))
	err := grouptest.Together(size, func(g *grouptest.Member) error {
		s := newSummer[float64](newTree(len(values), g.Rank(), g.Size()), g, length)
		got, err := s.sum(func(leaf int, v []float64, add bool) error {
			computed[leaf].Add(1)
			for k := range v {
				if !add {
					v[k] = 0
				}
				v[k] += math.Ldexp(values[leaf], k%16)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for k, v := range got {
			if v != math.Ldexp(want, k%16) {
				return fmt.Errorf("rank %d of %d: entry %d of %d is %v, not %v", g.Rank(), size, k, length, v, math.Ldexp(want, k%16))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%d leaves: %v", len(values), err)
	}
	for leaf := range computed {
		if n := computed[leaf].Load(); n != 1 {
			t.Errorf("%d leaves, %d ranks: leaf %d computed %d times", len(values), size, leaf, n)
		}
	}
}

// Ranks send less than twice the length of a vector each, however many they are.
func TestLongVectorsAreHalved(t *testing.T) {
	const length = 1 << 14
	for size, want := range map[int]int{2: length, 4: length * 3 / 2, 8: length * 7 / 4} {
		err := grouptest.Together(size, func(g *grouptest.Member) error {
			c := &counting{Group: g}
			s := newSummer[float32](newTree(8, g.Rank(), size), c, length)
			_, err := s.sum(func(int, []float32, bool) error { return nil })
			if err == nil && c.sent != 4*want {
				err = fmt.Errorf("rank %d of %d sent %d bytes, not %d", g.Rank(), size, c.sent, 4*want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// A counting Group counts the bytes that its rank sends.
type counting struct {
	Group
	sent int
}

func (c *counting) Exchange(rank int, send, receive []byte) error {
	c.sent += len(send)
	return c.Group.Exchange(rank, send, receive)
}

// Where the leaf of one rank fails, all ranks have an error that names it, and none waits.
func TestTreeFailureReachesAll(t *testing.T) {
	bad := errors.New("row 7 is bad")
	for _, size := range []int{1, 2, 3, 4, 8} {
		failed := 0
		var mu sync.Mutex
		grouptest.Together(size, func(g *grouptest.Member) error {
			s := newSummer[float32](newTree(8, g.Rank(), g.Size()), g, 3)
			_, err := s.sum(func(leaf int, _ []float32, _ bool) error {
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
