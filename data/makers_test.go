package data

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// byClass returns the points of each class.
func byClass(d *Dataset) [][][]float64 {
	points := make([][][]float64, len(d.Classes))
	for i, y := range d.Y {
		points[int(y)] = append(points[int(y)], d.Row(i))
	}
	return points
}

// wantPoints checks that got are the points want in some order, to 1e-15.
func wantPoints(t *testing.T, what string, got, want [][]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d points, want %d", what, len(got), len(want))
	}
	for _, p := range want {
		if !slices.ContainsFunc(got, func(q []float64) bool { return math.Hypot(p[0]-q[0], p[1]-q[1]) < 1e-15 }) {
			t.Errorf("%s lacks (%v, %v) among %v", what, p[0], p[1], got)
		}
	}
}

func TestMoons(t *testing.T) {
	d, err := Moons(7, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	points, half := byClass(d), math.Sqrt(3)/2
	wantPoints(t, "the outer moon", points[0], [][]float64{{1, 0}, {0, 1}, {-1, 0}})
	wantPoints(t, "the inner moon", points[1], [][]float64{{0, 0.5}, {0.5, 0.5 - half}, {1.5, 0.5 - half}, {2, 0.5}})
}

func TestRings(t *testing.T) {
	d, err := Rings(7, 0.5, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	points, half := byClass(d), math.Sqrt(3)/2
	wantPoints(t, "the outer ring", points[0], [][]float64{{1, 0}, {-0.5, half}, {-0.5, -half}})
	wantPoints(t, "the inner ring", points[1], [][]float64{{0.5, 0}, {0, 0.5}, {-0.5, 0}, {0, -0.5}})
}

func TestBlobs(t *testing.T) {
	centers := [][]float64{{0, 0}, {4, 4}, {-4, 4}}
	d, err := Blobs(8, centers, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	for c, points := range byClass(d) {
		if want := []int{3, 3, 2}[c]; len(points) != want {
			t.Errorf("class %d has %d points, want %d", c, len(points), want)
		}
		wantPoints(t, "a blob without noise", points[:1], centers[c:c+1])
	}
}

// The noise has the deviation asked for: within 5 % of 0.2 for 4000 numbers, whose own deviation is 1.1 %.
func TestNoise(t *testing.T) {
	for name, maker := range map[string]func(noise float64, seed uint64) (*Dataset, error){
		"blobs": func(noise float64, seed uint64) (*Dataset, error) {
			return Blobs(2000, [][]float64{{3, -3}}, noise, seed)
		},
		"moons": func(noise float64, seed uint64) (*Dataset, error) { return Moons(2000, noise, seed) },
		"rings": func(noise float64, seed uint64) (*Dataset, error) { return Rings(2000, 0.8, noise, seed) },
	} {
		clean, err := maker(0, 9)
		if err != nil {
			t.Fatal(err)
		}
		noisy, err := maker(0.2, 9)
		if err != nil {
			t.Fatal(err)
		}
		sum, sum2 := 0.0, 0.0
		for k, x := range noisy.X { // one seed: the same order of the rows
			sum += x - clean.X[k]
			sum2 += (x - clean.X[k]) * (x - clean.X[k])
		}
		n := float64(len(noisy.X))
		if mean, std := sum/n, math.Sqrt(sum2/n); math.Abs(mean) > 0.015 || math.Abs(std-0.2) > 0.01 {
			t.Errorf("%s: the noise is %v ± %v, want 0 ± 0.2", name, mean, std)
		}
		if again, _ := maker(0.2, 9); !cmp.Equal(noisy, again) {
			t.Errorf("%s: one seed, two sets", name)
		}
		if other, _ := maker(0.2, 10); cmp.Equal(noisy.X, other.X) {
			t.Errorf("%s: two seeds, one set", name)
		}
		if name != "blobs" && slices.IsSorted(noisy.Y) {
			t.Errorf("%s: the rows are not shuffled", name)
		}
	}
}

func TestCenters(t *testing.T) {
	centers := Centers(50, 3, 4)
	lowest, highest := 0.0, 0.0
	for _, center := range centers {
		if len(center) != 3 {
			t.Fatalf("a center has %d numbers", len(center))
		}
		lowest, highest = min(lowest, slices.Min(center)), max(highest, slices.Max(center))
	}
	// Of 150 uniform numbers the least and the greatest are this near the ends but for one case in 10⁶.
	if lowest < -10 || lowest > -8 || highest >= 10 || highest < 8 {
		t.Errorf("the centers lie in [%v, %v]", lowest, highest)
	}
	if !cmp.Equal(centers, Centers(50, 3, 4)) || cmp.Equal(centers, Centers(50, 3, 5)) {
		t.Error("the centers are not those of the seed")
	}
	if len(Centers(-1, 2, 0)) != 0 || len(Centers(1, -1, 0)[0]) != 0 {
		t.Error("fewer than no centers")
	}
}

func TestMakersErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	try := func(what string, d *Dataset, err, want error, part string) {
		t.Helper()
		wantError(t, what, err, want, part)
		if d != nil {
			t.Errorf("%s: a data set and an error", what)
		}
	}
	for _, rows := range []int{1, 0, -5} {
		d, err := Moons(rows, 0, 1)
		try("Moons", d, err, ErrArgument, "rows")
		d, err = Rings(rows, 0.5, 0, 1)
		try("Rings", d, err, ErrArgument, "rows")
		d, err = Blobs(rows, [][]float64{{0}, {1}}, 0, 1)
		try("Blobs", d, err, ErrArgument, "rows round 2 centers")
	}
	for _, noise := range []float64{-1, nan, inf} {
		d, err := Moons(10, noise, 1)
		try("Moons", d, err, ErrArgument, "noise")
		d, err = Rings(10, 0.5, noise, 1)
		try("Rings", d, err, ErrArgument, "noise")
		d, err = Blobs(10, [][]float64{{0}}, noise, 1)
		try("Blobs", d, err, ErrArgument, "noise")
	}
	for _, factor := range []float64{-0.1, 1, nan, inf} {
		d, err := Rings(10, factor, 0, 1)
		try("Rings", d, err, ErrArgument, "inner radius")
	}
	for _, centers := range [][][]float64{nil, {}, {{}}, {{nan}}, {{0}, {inf}}} {
		d, err := Blobs(10, centers, 0, 1)
		try("Blobs", d, err, ErrArgument, "center")
	}
	d, err := Blobs(10, [][]float64{{0, 1}, {0}}, 0, 1)
	try("Blobs", d, err, ErrRagged, "1 numbers in center 1 and 2 in center 0")
	d, err = Blobs(100, [][]float64{{0}}, math.MaxFloat64, 1)
	try("Blobs", d, err, ErrNotFinite, "blobs: row")
}
