package random

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// bigBelow is the documentation's index below n, by math/big.
func bigBelow(words *rand.PCG, n int) int {
	two64, bigN := new(big.Int).Lsh(big.NewInt(1), 64), big.NewInt(int64(n))
	for {
		product := new(big.Int).Mul(new(big.Int).SetUint64(words.Uint64()), bigN)
		quotient, rest := new(big.Int).QuoRem(product, two64, new(big.Int))
		if rest.Cmp(new(big.Int).Rem(two64, bigN)) >= 0 {
			return int(quotient.Int64())
		}
	}
}

// The orders that the package documentation defines, from PCG's words.
func TestShuffleIsTheOneDocumented(t *testing.T) {
	const n, seed = 1000, 12345
	for _, c := range []struct{ use, epoch uint64 }{{ForSplit, 0}, {ForBatches, 0}, {ForBatches, 7}} {
		words := rand.NewPCG(seed, c.use<<56+c.epoch)
		want, got := make([]int, n), make([]int, n)
		for i := range want {
			want[i], got[i] = i, i
		}
		for i := n - 1; i > 0; i-- {
			j := bigBelow(words, i+1)
			want[i], want[j] = want[j], want[i]
		}
		New(seed, c.use, c.epoch).Shuffle(got)
		if !slices.Equal(got, want) {
			t.Errorf("use %d, epoch %d: not the shuffle of the documentation", c.use, c.epoch)
		}
	}
}

// With n about 3·2⁶¹ Lemire's method rejects every fourth word.
func TestBelowRejectsTheWordsDocumented(t *testing.T) {
	if math.MaxInt != math.MaxInt64 {
		t.Skip("int is too small")
	}
	n := math.MaxInt/4*3 + 1
	s, words := New(1, ForSplit, 0), rand.NewPCG(1, ForSplit<<56)
	for k := range 1000 {
		if got, want := s.Below(n), bigBelow(words, n); got != want {
			t.Fatalf("index %d is %d, want %d", k, got, want)
		}
	}
}

// Kolmogorov's distance from the normal distribution stays below 1.95/√n, its 0.999 quantile.
func TestNormalIsNormal(t *testing.T) {
	const n = 20000
	s := New(5, ForMakers, 0)
	v := make([]float64, n)
	for i := range v {
		v[i] = s.Normal()
	}
	slices.Sort(v)
	distance := 0.0
	for i, x := range v {
		p := math.Erfc(-x/math.Sqrt2) / 2
		distance = max(distance, math.Abs(p-float64(i)/n), math.Abs(p-float64(i+1)/n))
	}
	if distance > 1.95/math.Sqrt(n) {
		t.Errorf("the distance is %v", distance)
	}
}
