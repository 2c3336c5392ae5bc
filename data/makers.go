package data

import (
	"adjoint/internal/random"

	"fmt"
	"math"
)

// Blobs makes rows of k classes, normally distributed with standard deviation std round the k centers, as
// scikit-learn's make_blobs does. The classes have the same number of rows; the first rows mod k of them have one more.
// The rows are shuffled. The error wraps ErrArgument if there are no centers, fewer rows than centers, a center that is
// not finite, or a std not in [0, ∞), and ErrRagged if centers differ in length.
func Blobs(rows int, centers [][]float64, std float64, seed uint64) (*Dataset, error) {
	k := len(centers)
	if k == 0 || len(centers[0]) == 0 || rows < k {
		return nil, fmt.Errorf("data: Blobs: %d rows round %d centers: %w", rows, k, ErrArgument)
	}
	for c, center := range centers {
		if len(center) != len(centers[0]) {
			return nil, fmt.Errorf("data: Blobs: %d numbers in center %d and %d in center 0: %w", len(center), c, len(centers[0]), ErrRagged)
		}
		for _, v := range center {
			if !isFinite(v) {
				return nil, fmt.Errorf("data: Blobs: center %d is %v: %w", c, center, ErrArgument)
			}
		}
	}
	m := newMaker("blobs", len(centers[0]), seed)
	for c, center := range centers {
		size := rows / k
		if c < rows%k {
			size++
		}
		for range size {
			m.add(c, center...)
		}
		m.d.Classes = append(m.d.Classes, className(float64(c)))
	}
	return m.finish(std)
}

// Centers draws k points of n features, uniformly from the box [−10, 10)ⁿ, the default of scikit-learn's make_blobs.
// It returns no points if k < 1, and points without features if n < 1.
func Centers(k, n int, seed uint64) [][]float64 {
	draws := random.New(seed, random.ForCenters, 0)
	centers := make([][]float64, max(k, 0))
	for c := range centers {
		centers[c] = make([]float64, max(n, 0))
		for j := range centers[c] {
			centers[c][j] = 20*draws.Uniform() - 10
		}
	}
	return centers
}

// Moons makes two interleaving half circles, as scikit-learn's make_moons does. Class 0, "outer", is
// (cos t, sin t), and class 1, "inner", (1 − cos t, ½ − sin t), t in equal steps from 0 to π, both ends included.
// The outer moon has ⌊rows/2⌋ points and the inner one the rest. Normal noise, whose standard deviation is noise, is
// added to each coordinate, and the rows are shuffled. The error wraps ErrArgument if rows < 2 or noise is not in
// [0, ∞).
func Moons(rows int, noise float64, seed uint64) (*Dataset, error) {
	if rows < 2 {
		return nil, fmt.Errorf("data: Moons: %d rows: %w", rows, ErrArgument)
	}
	m := newMaker("moons", 2, seed)
	m.d.Classes = []string{"outer", "inner"}
	outer, inner := rows/2, rows-rows/2
	for i := range outer {
		sin, cos := math.Sincos(math.Pi * float64(i) / float64(max(outer-1, 1)))
		m.add(0, cos, sin)
	}
	for i := range inner {
		sin, cos := math.Sincos(math.Pi * float64(i) / float64(max(inner-1, 1)))
		m.add(1, 1-cos, 0.5-sin)
	}
	return m.finish(noise)
}

// Rings makes two circles round 0, as scikit-learn's make_circles does: class 0, "outer", of radius 1 and class 1, "inner",
// of radius factor, 0.8 in scikit-learn. The outer ring has ⌊rows/2⌋ points in equal steps of the angle from 0, and the inner
// one the rest. Normal noise, whose standard deviation is noise, is added to each coordinate, and the rows are shuffled.
// The error wraps ErrArgument if rows < 2, factor is not in [0, 1), or noise is not in [0, ∞).
func Rings(rows int, factor, noise float64, seed uint64) (*Dataset, error) {
	if rows < 2 || !(factor >= 0 && factor < 1) {
		return nil, fmt.Errorf("data: Rings: %d rows, an inner radius of %v: %w", rows, factor, ErrArgument)
	}
	m := newMaker("rings", 2, seed)
	m.d.Classes = []string{"outer", "inner"}
	outer, inner := rows/2, rows-rows/2
	for i := range outer {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(outer))
		m.add(0, cos, sin)
	}
	for i := range inner {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(inner))
		m.add(1, factor*cos, factor*sin)
	}
	return m.finish(noise)
}

// A maker gathers the points of an artificial data set.
type maker struct {
	d     *Dataset
	draws *random.Stream
}

func newMaker(source string, n int, seed uint64) *maker {
	return &maker{&Dataset{Source: source, Features: Names(n), Target: "y"}, random.New(seed, random.ForMakers, 0)}
}

func (m *maker) add(class int, x ...float64) {
	m.d.X = append(m.d.X, x...)
	m.d.Y = append(m.d.Y, float64(class))
}

// finish adds noise to every number, row by row, and then shuffles the rows.
func (m *maker) finish(noise float64) (*Dataset, error) {
	if !(noise >= 0) || !isFinite(noise) {
		return nil, fmt.Errorf("data: %s: noise %v: %w", m.d.Source, noise, ErrArgument)
	}
	for k := range m.d.X {
		m.d.X[k] += noise * m.draws.Normal()
	}
	if err := m.d.Check(); err != nil {
		return nil, err
	}
	order := ascending(make([]int, m.d.Rows()))
	m.draws.Shuffle(order)
	return m.d.Subset(order)
}
