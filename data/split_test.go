package data

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// numbered returns a data set whose only feature is the number of the row.
func numbered(y []float64, classes ...string) *Dataset {
	d := &Dataset{Y: y, Features: []string{"row"}, Classes: classes}
	for i := range y {
		d.X = append(d.X, float64(i))
	}
	return d
}

// The sizes are those of train_test_split for the same numbers, ⌈Test·N⌉: 114 of 569 in countless tutorials, 60 of 150 and
// 2 of 5 in scikit-learn's documentation.
func TestSplitSizes(t *testing.T) {
	for _, c := range []struct {
		part       float64
		rows, test int
	}{
		{0.2, 569, 114}, {0.15, 569, 86}, {0.4, 150, 60}, {0.33, 5, 2}, {0, 8, 2}, {1e-9, 3, 1}, {0.5, 2, 1},
	} {
		train, test, err := numbered(make([]float64, c.rows)).Split(SplitOptions{Test: c.part})
		if err != nil {
			t.Error(err)
		} else if test.Rows() != c.test || train.Rows() != c.rows-c.test {
			t.Errorf("%v of %d rows: %d to train and %d to test on, want %d to test on", c.part, c.rows, train.Rows(), test.Rows(), c.test)
		}
	}
}

// Every row is in one part, with its label; each class has its share of both, rounded up or down.
func TestSplitIsAPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 5).Draw(t, "classes")
		y := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, k-1), func(c int) float64 { return float64(c) }), 2, 60).Draw(t, "y")
		d := numbered(y, Names(k)...)
		o := SplitOptions{
			Test:     rapid.Float64Range(0.01, 0.99).Draw(t, "test"),
			Seed:     rapid.Uint64().Draw(t, "seed"),
			Stratify: rapid.Bool().Draw(t, "stratify"),
		}
		train, test, err := d.Split(o)
		counts, _ := d.ClassCounts()
		present := k - count(counts, 0)
		size := int(math.Ceil(o.Test * float64(len(y))))
		impossible := size == len(y) || o.Stratify && (slices.Contains(counts, 1) || min(size, len(y)-size) < present)
		if impossible {
			if err == nil {
				t.Fatalf("a split of %v by %+v, which is impossible", counts, o)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		rows := append(slices.Clone(train.X), test.X...)
		labels := append(slices.Clone(train.Y), test.Y...)
		for i, row := range rows {
			if labels[i] != y[int(row)] {
				t.Fatalf("row %v has label %v, was %v", row, labels[i], y[int(row)])
			}
		}
		slices.Sort(rows)
		if !slices.Equal(rows, d.X) || test.Rows() != size {
			t.Fatalf("the rows of both parts are %v", rows)
		}
		if !o.Stratify {
			return
		}
		inTest, _ := test.ClassCounts()
		for c, n := range counts {
			share := float64(n) * float64(size) / float64(len(y))
			if math.Abs(float64(inTest[c])-share) >= 1 {
				t.Fatalf("class %d has %d rows to test on, its share is %v", c, inTest[c], share)
			}
		}
	})
}

func count(v []int, x int) int {
	n := 0
	for _, y := range v {
		if y == x {
			n++
		}
	}
	return n
}

func TestStratifiedSplitOfBreastCancer(t *testing.T) {
	// 114 of 569: 212·114/569 = 42.47 malignant, 71.53 benign. train_test_split with stratify gives 42 and 72 too.
	train, test, err := BreastCancer().Split(SplitOptions{Test: 0.2, Stratify: true, Seed: 42})
	if err != nil {
		t.Fatal(err)
	}
	inTrain, _ := train.ClassCounts()
	inTest, _ := test.ClassCounts()
	if !slices.Equal(inTrain, []int{170, 285}) || !slices.Equal(inTest, []int{42, 72}) {
		t.Errorf("%v to train and %v to test on", inTrain, inTest)
	}
	if slices.IsSorted(test.Lines) || slices.IsSorted(train.Lines) || slices.IsSorted(test.Y) {
		t.Error("the parts are not shuffled")
	}
}

// Ties go to the earlier class: 3 of 6 rows, 2 of each of three classes, and 2 of 4 among 2, 1, 1.
func TestSharesByLargestRemainder(t *testing.T) {
	for _, c := range []struct {
		counts     []int
		size, rows int
		want       []int
	}{
		{[]int{2, 2, 2}, 3, 6, []int{1, 1, 1}},
		{[]int{2, 2, 2}, 4, 6, []int{2, 1, 1}},
		{[]int{5, 3, 2}, 3, 10, []int{1, 1, 1}}, // 1.5, 0.9, 0.6
		{[]int{5, 0, 5}, 5, 10, []int{3, 0, 2}},
		{[]int{1 << 29, 1 << 29}, 1 << 29, 1 << 30, []int{1 << 28, 1 << 28}},
	} {
		if got := shares(c.counts, c.size, c.rows); !slices.Equal(got, c.want) {
			t.Errorf("%d of %v: %v, want %v", c.size, c.counts, got, c.want)
		}
	}
}

func TestSplitIsSeeded(t *testing.T) {
	for _, stratify := range []bool{false, true} {
		o := SplitOptions{Test: 0.3, Seed: 7, Stratify: stratify}
		train, test, err := Iris().Split(o)
		if err != nil {
			t.Fatal(err)
		}
		sameTrain, sameTest, _ := Iris().Split(o)
		if !cmp.Equal(train, sameTrain) || !cmp.Equal(test, sameTest) {
			t.Error("one seed, two splits")
		}
		o.Seed = 8
		if _, other, _ := Iris().Split(o); slices.Equal(test.Lines, other.Lines) {
			t.Error("two seeds, one split")
		}
	}
}

func TestSplitInOrder(t *testing.T) {
	train, test, err := numbered(make([]float64, 5)).Split(SplitOptions{Test: 0.3, NoShuffle: true})
	if err != nil || !slices.Equal(train.X, []float64{0, 1, 2}) || !slices.Equal(test.X, []float64{3, 4}) {
		t.Errorf("%v, %v, %v", train, test, err)
	}
}

func TestImpossibleSplits(t *testing.T) {
	two := numbered([]float64{0, 1, 0, 1}, "g", "h")
	for _, c := range []struct {
		name string
		d    *Dataset
		o    SplitOptions
		part string
	}{
		{"negative", two, SplitOptions{Test: -0.1}, "a test part of -0.1 is not in (0, 1)"},
		{"all", two, SplitOptions{Test: 1}, "not in (0, 1)"},
		{"NaN", two, SplitOptions{Test: math.NaN()}, "not in (0, 1)"},
		{"nothing left", two, SplitOptions{Test: 0.9}, "a test part of 0.9 of 4 rows leaves none"},
		{"one row", numbered([]float64{0}), SplitOptions{}, "of 1 rows leaves none"},
		{"stratified in order", two, SplitOptions{Stratify: true, NoShuffle: true}, "stratified and in order"},
		{"stratified without classes", numbered([]float64{0, 1, 2}), SplitOptions{Stratify: true}, "the target is no class"},
		{"a class of one", numbered([]float64{0, 0, 0, 1}, "g", "h"), SplitOptions{Stratify: true, Test: 0.5}, `class "h" has one example`},
		{"too few to test on", two, SplitOptions{Stratify: true, Test: 0.25}, "3 rows to train and 1 to test on, 2 classes"},
		{"too few to train on", two, SplitOptions{Stratify: true, Test: 0.75}, "1 rows to train and 3 to test on, 2 classes"},
	} {
		_, _, err := c.d.Split(c.o)
		wantError(t, c.name, err, ErrSplit, c.part)
	}
	_, _, err := new(Dataset).Split(SplitOptions{})
	wantError(t, "a split of nothing", err, ErrEmpty, "")
	_, _, err = numbered([]float64{0, 5, 0, 0}, "g", "h").Split(SplitOptions{Stratify: true})
	wantError(t, "a label out of range", err, ErrLabel, "label 5 of 2 classes")
	wantError(t, "a label out of range", err, ErrSplit, "")
}

// Keras's fit splits at ⌊N·(1 − validation_split)⌋: the document's 483 rows and 0.17 give 400 and 83.
func TestSplitLast(t *testing.T) {
	train, validation, err := numbered(make([]float64, 483)).SplitLast(0.17)
	if err != nil {
		t.Fatal(err)
	}
	if train.Rows() != 400 || validation.Rows() != 83 || train.X[399] != 399 || validation.X[0] != 400 {
		t.Errorf("%d rows and %d, from %v", train.Rows(), validation.Rows(), validation.X[0])
	}
	for _, part := range []float64{0, 1, -1, 2, math.NaN(), math.Inf(1), 0.9} {
		_, _, err := numbered(make([]float64, 4)).SplitLast(part)
		wantError(t, "SplitLast", err, ErrSplit, "of 4 rows")
	}
	_, _, err = new(Dataset).SplitLast(0.5)
	wantError(t, "SplitLast of nothing", err, ErrEmpty, "")
}
