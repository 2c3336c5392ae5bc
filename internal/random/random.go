// Package random draws the random numbers of this module: the same seed gives the
// same numbers in every version of it. Its algorithms are stated in the
// documentation of package data.
package random

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// What random numbers are drawn for. Each use has a stream of its own, so that one seed serves all.
const (
	ForSplit uint64 = 1 + iota
	ForBatches
	ForMakers
	ForCenters
	ForWeights
	ForDropout
	ForFolds
	ForWindows
	ForBuckets
	ForText
	ForAugment
)

// A Stream draws random numbers. It stands on PCG's words alone, because the methods of rand.Rand may change between versions of Go.
type Stream struct{ pcg rand.PCG }

// New returns the stream of a seed for a use, and for one of its rounds, such as
// an epoch.
func New(seed, use, round uint64) *Stream {
	s := new(Stream)
	s.pcg.Seed(seed, use<<56+round)
	return s
}

// Of returns the stream of a seed for a use and for what the keys say, such as a step and a
// row. Each key is added to a hash and mixed by SplitMix64's finalizer (D. Stafford's mix 13).
func Of(seed, use uint64, keys ...uint64) (s Stream) {
	h := use << 56
	for _, k := range keys {
		h += k
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	s.pcg.Seed(seed, h)
	return s
}

// Below returns an index in [0, n), n > 0, by Lemire's method.
func (s *Stream) Below(n int) int {
	m := uint64(n)
	hi, lo := bits.Mul64(s.pcg.Uint64(), m)
	if lo < m {
		for reject := -m % m; lo < reject; {
			hi, lo = bits.Mul64(s.pcg.Uint64(), m)
		}
	}
	return int(hi)
}

// Shuffle is Fisher and Yates's.
func (s *Stream) Shuffle(v []int) {
	for i := len(v) - 1; i > 0; i-- {
		j := s.Below(i + 1)
		v[i], v[j] = v[j], v[i]
	}
}

// Uniform returns a number in [0, 1).
func (s *Stream) Uniform() float64 { return float64(s.pcg.Uint64()>>11) * 0x1p-53 }

// Uniform32 returns a number in [0, 1) that a float32 holds.
func (s *Stream) Uniform32() float32 { return float32(s.pcg.Uint64()>>40) * 0x1p-24 }

// Normal returns a number of the standard normal distribution, by Box and Muller's method.
func (s *Stream) Normal() float64 {
	u, v := s.Uniform(), s.Uniform()
	return math.Sqrt(-2*math.Log(1-u)) * math.Cos(2*math.Pi*v)
}
