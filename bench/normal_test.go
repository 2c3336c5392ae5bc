package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"testing"
)

// The numbers are those of peers.py to the last bit. The digests are what
//
//	python3 bench/peers.py -digest SEED,COUNT
//
// prints, which does not share a line with this package.
func TestNumbersAreThoseOfThePeers(t *testing.T) {
	for _, c := range []struct {
		seed  uint64
		count int
		want  string
	}{
		{1, 100000, "9aca4f3a47c8e15001d9e21a8e3311c6eee04c7cfebe42e12bd809144476d03d"},
		{2, 10, "676e2e07b45cb931a60e7a9f1f6dc6ea9f71916302d9d1f14f044c027cc2f675"},
		{21, 100000, "ce7dbf7d219a6b1eda9d187ab027374a35b82e94ce0f557bf29fad135eb05f93"},
	} {
		digest := sha256.New()
		for i := range c.count {
			digest.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(normal(c.seed, i))))
		}
		if got := hex.EncodeToString(digest.Sum(nil)); got != c.want {
			t.Errorf("seed %d, %d numbers: digest %s, want %s", c.seed, c.count, got, c.want)
		}
	}
}

// The uniform numbers are those of splitmix64, carried out in math/big.
func TestUniform(t *testing.T) {
	two64 := new(big.Int).Lsh(big.NewInt(1), 64)
	state := new(big.Int).Lsh(big.NewInt(3), 32)
	for i := range 5 {
		state.Add(state, new(big.Int).SetUint64(0x9E3779B97F4A7C15)).Mod(state, two64)
		z := new(big.Int).Set(state)
		for _, round := range []struct {
			shift  uint
			factor uint64
		}{{30, 0xBF58476D1CE4E5B9}, {27, 0x94D049BB133111EB}} {
			z.Xor(z, new(big.Int).Rsh(z, round.shift))
			z.Mul(z, new(big.Int).SetUint64(round.factor)).Mod(z, two64)
		}
		z.Xor(z, new(big.Int).Rsh(z, 31)).Rsh(z, 11)
		want := math.Ldexp(float64(z.Uint64()), -53)
		if got := uniform(3, i); got != want {
			t.Errorf("uniform(3, %d) = %v, want %v", i, got, want)
		}
	}
}

// The logarithm and the cosine are the math package's but for its last digit, at
// the ends of their domains too.
func TestFunctions(t *testing.T) {
	close := func(what string, x, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0x1p-51*math.Abs(want)+0x1p-62 {
			t.Errorf("%s %v = %v, want %v", what, x, got, want)
		}
	}
	for _, x := range []float64{0x1p-53, 1e-9, 0.3, math.Sqrt2 / 2, 0.9999, 1 - 0x1p-53, 1} {
		close("log", x, logarithm(x), math.Log(x))
	}
	for _, x := range []float64{0, 1e-9, 0.7, 0.8, 1.5, 2, 3, math.Pi, 4, 4.7, 5.5, 6.28, 2 * math.Pi} {
		close("cos", x, cosine(x), math.Cos(x))
	}
}
