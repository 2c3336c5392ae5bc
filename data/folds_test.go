package data_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"adjoint/data"
)

// labelled has these labels, of three classes.
func labelled(y ...float64) *data.Dataset {
	return &data.Dataset{X: make([]float64, len(y)), Y: y, Features: []string{"x"}, Classes: []string{"a", "b", "c"}}
}

// Every row is in one fold, sizes differ by one at most, and the same seed gives the same
// folds.
func TestFoldsPartRows(t *testing.T) {
	d := data.Iris()
	for _, k := range []int{2, 3, 7, 150} {
		for _, o := range []data.FoldOptions{{Seed: 1}, {Seed: 1, Stratify: true}, {NoShuffle: true}, {NoShuffle: true, Stratify: true}} {
			folds, err := d.Folds(k, o)
			if err != nil || len(folds) != k {
				t.Fatalf("%d folds, %v", len(folds), err)
			}
			var all []int
			for _, f := range folds {
				if len(f) != 150/k && len(f) != 150/k+1 || !slices.IsSorted(f) {
					t.Errorf("%d, %+v: a fold %v", k, o, f)
				}
				all = append(all, f...)
			}
			slices.Sort(all)
			if len(all) != 150 || len(slices.Compact(all)) != 150 {
				t.Errorf("%d, %+v: rows are lost or twice", k, o)
			}
			again, _ := d.Folds(k, o)
			o.Seed++
			other, _ := d.Folds(k, o)
			if same := fmt.Sprint(folds) == fmt.Sprint(other); fmt.Sprint(folds) != fmt.Sprint(again) || same != o.NoShuffle && k < 150 {
				t.Errorf("%d, %+v: not the seed decides", k, o)
			}
		}
	}
}

// The sizes of KFold and the counts of StratifiedKFold in scikit-learn 1.2.1.
func TestFoldsAsScikitLearn(t *testing.T) {
	d := labelled(0, 1, 1, 0, 2, 1, 1, 0, 1, 1, 2, 1, 0)
	folds, err := d.Folds(3, data.FoldOptions{NoShuffle: true})
	if want := "[[0 1 2 3 4] [5 6 7 8] [9 10 11 12]]"; err != nil || fmt.Sprint(folds) != want {
		t.Errorf("%v, %v, want %s", folds, err, want)
	}
	folds, err = d.Folds(3, data.FoldOptions{Seed: 5, Stratify: true})
	if err != nil {
		t.Fatal(err)
	}
	var counts [3][3]int
	for i, f := range folds {
		for _, row := range f {
			counts[i][int(d.Y[row])]++
		}
	}
	if want := [3][3]int{{2, 2, 1}, {1, 3, 0}, {1, 2, 1}}; counts != want {
		t.Errorf("classes in the folds %v, want %v", counts, want)
	}
}

func TestBadFolds(t *testing.T) {
	d := labelled(0, 1, 2)
	for _, k := range []int{-1, 0, 1, 4} {
		if _, err := d.Folds(k, data.FoldOptions{}); !errors.Is(err, data.ErrSplit) {
			t.Errorf("%d folds of three rows: %v", k, err)
		}
	}
	d.Classes = nil
	if _, err := d.Folds(2, data.FoldOptions{Stratify: true}); !errors.Is(err, data.ErrLabel) {
		t.Errorf("stratified by numbers: %v", err)
	}
	if _, err := new(data.Dataset).Folds(2, data.FoldOptions{}); !errors.Is(err, data.ErrEmpty) {
		t.Errorf("of no rows: %v", err)
	}
}

// What lies beside a data set goes with its rows.
func TestBeside(t *testing.T) {
	d, images := labelled(0, 1, 2, 0), labelled(2, 2, 1, 1)
	for i := range images.X {
		d.X[i], images.X[i] = float64(i), 10*float64(i)
	}
	d.Beside = map[string]*data.Dataset{"images": images}
	train, test, err := d.Split(data.SplitOptions{Test: 0.5, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []*data.Dataset{train, test, d.Clone()} {
		for i, x := range part.X {
			if got := part.Beside["images"].X[i]; got != 10*x {
				t.Errorf("row %g with image %g", x, got)
			}
		}
	}
	if d.Clone().Beside["images"] == images {
		t.Error("a clone shares what is beside it")
	}
	images.X = images.X[:3]
	if err := d.Check(); !errors.Is(err, data.ErrLength) {
		t.Errorf("fewer images than rows: %v", err)
	}
	images.X = []float64{0, 1e300, 2, 3}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	if err := d.Check32(); !errors.Is(err, data.ErrNotFinite) {
		t.Errorf("beyond float32: %v", err)
	}
}

// Columns are gathered in the order in which they are named.
func TestGatherColumns(t *testing.T) {
	d := &data.Dataset{X: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, Features: []string{"a", "b", "c"}}
	got, got32 := make([]float64, 4), make([]float32, 4)
	for _, err := range []error{d.GatherColumns(got, []int{2, 0}, []int{2, 0}), d.GatherColumns32(got32, []int{2, 0}, []int{2, 0})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []float64{9, 3, 7, 1} {
		if got[i] != want || float64(got32[i]) != want {
			t.Errorf("%v, %v", got, got32)
		}
	}
	if err := d.GatherColumns(got, []int{0, 3}, []int{0, 1}); !errors.Is(err, data.ErrFeatures) {
		t.Errorf("a column that is not there: %v", err)
	}
	if err := d.GatherColumns(got, []int{0}, []int{0, 1}); !errors.Is(err, data.ErrLength) {
		t.Errorf("a buffer of another size: %v", err)
	}
}
