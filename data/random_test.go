package data

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
	for _, c := range []struct{ use, epoch uint64 }{{forSplit, 0}, {forBatches, 0}, {forBatches, 7}} {
		words := rand.NewPCG(seed, c.use<<56+c.epoch)
		want := ascending(make([]int, n))
		for i := n - 1; i > 0; i-- {
			j := bigBelow(words, i+1)
			want[i], want[j] = want[j], want[i]
		}
		got := ascending(make([]int, n))
		newStream(seed, c.use, c.epoch).shuffle(got)
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
	s, words := newStream(1, forSplit, 0), rand.NewPCG(1, forSplit<<56)
	for k := range 1000 {
		if got, want := s.below(n), bigBelow(words, n); got != want {
			t.Fatalf("index %d is %d, want %d", k, got, want)
		}
	}
}

// These orders must never change: trainings of users depend on them.
func TestOrdersNeverChange(t *testing.T) {
	d := numbered(make([]float64, 10))
	b, err := d.Batches(10, 1)
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := epoch(b, 0); !slices.Equal(rows, []int{8, 9, 7, 3, 2, 5, 4, 1, 0, 6}) {
		t.Errorf("epoch 0 of seed 1 is %v", rows)
	}
	if rows, _ := epoch(b, 1); !slices.Equal(rows, []int{2, 5, 3, 7, 1, 9, 6, 8, 0, 4}) {
		t.Errorf("epoch 1 of seed 1 is %v", rows)
	}
	train, test, err := d.Split(SplitOptions{Test: 0.3, Seed: 1})
	if err != nil || !slices.Equal(test.X, []float64{8, 0, 1}) || !slices.Equal(train.X, []float64{2, 7, 4, 5, 6, 9, 3}) {
		t.Errorf("the split of seed 1 is %v, %v, %v", train.X, test.X, err)
	}
}

// Over many epochs every row comes first, and last, equally often: χ² with 9 degrees of freedom stays below 27.9, its 0.999 quantile.
func TestEpochsAreUniform(t *testing.T) {
	const n, epochs = 10, 5000
	b, err := numbered(make([]float64, n)).Batches(n, 3)
	if err != nil {
		t.Fatal(err)
	}
	var place [n][n]float64 // how often a row came at a place
	for e := range epochs {
		rows, _ := epoch(b, e)
		for at, row := range rows {
			place[at][row]++
		}
	}
	for at, counts := range place {
		chi2 := 0.0
		for _, count := range counts {
			chi2 += (count - epochs/n) * (count - epochs/n) / (epochs / n)
		}
		if chi2 > 27.9 {
			t.Errorf("place %d: χ² = %v, counts %v", at, chi2, counts)
		}
	}
}

// Kolmogorov's distance from the normal distribution stays below 1.95/√n, its 0.999 quantile.
func TestNormalIsNormal(t *testing.T) {
	const n = 20000
	s := newStream(5, forMakers, 0)
	v := make([]float64, n)
	for i := range v {
		v[i] = s.normal()
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
