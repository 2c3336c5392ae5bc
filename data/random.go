package data

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// What random numbers are drawn for. Each use has a stream of its own, so that one seed serves all.
const (
	forSplit uint64 = 1 + iota
	forBatches
	forMakers
	forCenters
)

// A stream draws the random numbers that the package's documentation defines. It stands on PCG's words
// alone, because the methods of rand.Rand may change between versions of Go.
type stream struct{ pcg rand.PCG }

func newStream(seed, use, epoch uint64) *stream {
	s := new(stream)
	s.pcg.Seed(seed, use<<56+epoch)
	return s
}

// below returns an index in [0, n), n > 0, by Lemire's method.
func (s *stream) below(n int) int {
	m := uint64(n)
	hi, lo := bits.Mul64(s.pcg.Uint64(), m)
	if lo < m {
		for reject := -m % m; lo < reject; {
			hi, lo = bits.Mul64(s.pcg.Uint64(), m)
		}
	}
	return int(hi)
}

// shuffle is Fisher and Yates's.
func (s *stream) shuffle(v []int) {
	for i := len(v) - 1; i > 0; i-- {
		j := s.below(i + 1)
		v[i], v[j] = v[j], v[i]
	}
}

// uniform returns a number in [0, 1).
func (s *stream) uniform() float64 { return float64(s.pcg.Uint64()>>11) * 0x1p-53 }

// normal returns a number of the standard normal distribution, by Box and Muller's method.
func (s *stream) normal() float64 {
	u, v := s.uniform(), s.uniform()
	return math.Sqrt(-2*math.Log(1-u)) * math.Cos(2*math.Pi*v)
}

// ascending fills v with 0, 1, 2, ….
func ascending(v []int) []int {
	for i := range v {
		v[i] = i
	}
	return v
}
