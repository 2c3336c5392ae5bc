package data

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// small returns three rows of two features, read from lines 2, 4 and 5 of small.csv.
func small() *Dataset {
	return &Dataset{
		X:        []float64{1, 2, 3, 4, 5, 6},
		Y:        []float64{0, 1, 1},
		Features: []string{"a", "b"},
		Classes:  []string{"g", "h"},
		Target:   "y",
		Source:   "small.csv",
		Lines:    []int{2, 4, 5},
	}
}

// wantError checks that err wraps want and says part of a message.
func wantError(t *testing.T, what string, err, want error, part string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %q", what, err, want)
	} else if !strings.Contains(err.Error(), part) {
		t.Errorf("%s says %q, which is without %q", what, err, part)
	}
}

func TestNew(t *testing.T) {
	// y is encoded as the example of LabelEncoder in scikit-learn's documentation is.
	x := [][]float64{{1, 2}, {3, 4}, {5, 6}, {7, 8}}
	y := []float64{1, 2, 2, 6}
	d, err := New(x, y, DetectTask)
	if err != nil {
		t.Fatal(err)
	}
	want := &Dataset{X: []float64{1, 2, 3, 4, 5, 6, 7, 8}, Y: []float64{0, 1, 1, 2}, Features: []string{"x0", "x1"}, Classes: []string{"1", "2", "6"}, Target: "y"}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !slices.Equal(y, []float64{1, 2, 2, 6}) {
		t.Errorf("New changed y to %v", y)
	}
	if d, err := New(x, y, Regression); err != nil || d.Classes != nil || !slices.Equal(d.Y, y) {
		t.Errorf("as a regression: %v, %v", d, err)
	}
	if d, err := New(x, nil, DetectTask); err != nil || d.Y != nil || d.Classes != nil {
		t.Errorf("without targets: %v, %v", d, err)
	}
	for _, bad := range []struct {
		x    [][]float64
		y    []float64
		want error
		part string
	}{
		{nil, nil, ErrEmpty, "0 rows"},
		{[][]float64{{}}, nil, ErrEmpty, ""},
		{[][]float64{{1, 2}, {3}}, nil, ErrRagged, "1 numbers in row 1 and 2 in row 0"},
		{[][]float64{{1}, {2}}, []float64{1}, ErrLength, "2 rows in x and 1 in y"},
		{[][]float64{{1, 2}, {3, math.NaN()}}, nil, ErrNotFinite, "row 1, column 1 (x1): NaN"},
		{[][]float64{{1}}, []float64{math.Inf(1)}, ErrNotFinite, "row 0: target +Inf"},
	} {
		_, err := New(bad.x, bad.y, DetectTask)
		wantError(t, "New", err, bad.want, bad.part)
	}
}

// LabelEncoder's example in scikit-learn's documentation.
func TestClassesAreSortedAsByLabelEncoder(t *testing.T) {
	d, err := read("1.5,paris\n1.5,paris\n1.5,tokyo\n1.5,amsterdam\n", CSV{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Classes, []string{"amsterdam", "paris", "tokyo"}) || !slices.Equal(d.Y, []float64{1, 1, 2, 0}) {
		t.Errorf("classes %q, y %v", d.Classes, d.Y)
	}
	// Numbers are sorted by value; equal ones are one class, named as the first is.
	d, err = read("1.5,10\n1.5,9\n1.5,-1\n1.5,1e1\n1.5,-0\n1.5,0\n", CSV{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Classes, []string{"-1", "-0", "9", "10"}) || !slices.Equal(d.Y, []float64{3, 2, 0, 3, 1, 1}) {
		t.Errorf("classes %q, y %v", d.Classes, d.Y)
	}
}

func TestCheck(t *testing.T) {
	if err := small().CheckClasses(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		name   string
		change func(*Dataset)
		want   error
		part   string
	}{
		{"no rows", func(d *Dataset) { d.X = nil }, ErrEmpty, "small.csv: 0 numbers in X, 2 features"},
		{"no features", func(d *Dataset) { d.Features = nil }, ErrEmpty, "0 features"},
		{"half a row", func(d *Dataset) { d.X = d.X[:5] }, ErrLength, "5 numbers in X are no whole rows of 2 features"},
		{"short Y", func(d *Dataset) { d.Y = d.Y[:2] }, ErrLength, "3 rows in X and 2 in Y"},
		{"long Lines", func(d *Dataset) { d.Lines = append(d.Lines, 7) }, ErrLength, "3 rows in X and 4 in Lines"},
		{"NaN", func(d *Dataset) { d.X[3] = math.NaN() }, ErrNotFinite, "small.csv:4: row 1, column 1 (b): NaN"},
		{"Inf", func(d *Dataset) { d.X[4] = math.Inf(-1) }, ErrNotFinite, "small.csv:5: row 2, column 0 (a): -Inf"},
		{"a label too large", func(d *Dataset) { d.Y[1] = 2 }, ErrLabel, "small.csv:4: row 1: label 2 of 2 classes"},
		{"a negative label", func(d *Dataset) { d.Y[0] = -1 }, ErrLabel, "small.csv:2: row 0: label -1 of 2 classes"},
		{"half a label", func(d *Dataset) { d.Y[0] = 0.5 }, ErrLabel, "label 0.5"},
		{"no label", func(d *Dataset) { d.Y[0] = math.NaN() }, ErrLabel, "label NaN"},
		{"no classes", func(d *Dataset) { d.Classes = nil }, ErrLabel, "the target is no class"},
		{"no targets", func(d *Dataset) { d.Y = nil }, ErrLabel, "the target is no class"},
		{"one class", func(d *Dataset) { d.Y[0] = 1 }, ErrOneClass, `every one of 3 examples is "h"`},
		{"the other class", func(d *Dataset) { clear(d.Y) }, ErrOneClass, `every one of 3 examples is "g"`},
	} {
		d := small()
		c.change(d)
		if c.want == ErrNotFinite {
			if err := d.CheckClasses(); err != nil {
				t.Errorf("%s: CheckClasses: %v, want nil: only Check minds", c.name, err)
			}
		} else {
			wantError(t, c.name, d.CheckClasses(), c.want, c.part)
		}
		switch err := d.Check(); c.name {
		case "no classes", "no targets", "one class", "the other class":
			if err != nil {
				t.Errorf("%s: Check: %v, want nil: only CheckClasses minds", c.name, err)
			}
		default:
			wantError(t, c.name, err, c.want, c.part)
		}
	}
	regression := small()
	regression.Classes, regression.Y[0] = nil, math.Inf(1)
	wantError(t, "an infinite target", regression.Check(), ErrNotFinite, "small.csv:2: row 0: target +Inf")

	large := small()
	large.X[2] = 4e38
	if err := large.Check(); err != nil {
		t.Errorf("Check of 4e38: %v", err)
	}
	wantError(t, "Check32 of 4e38", large.Check32(), ErrNotFinite, "small.csv:4: row 1, column 0 (a): 4e+38")
	large.Lines, large.Source = nil, ""
	wantError(t, "Check32 of 4e38 without a file", large.Check32(), ErrNotFinite, "data: row 1, column 0")
}

func TestSubset(t *testing.T) {
	d := small()
	s, err := d.Subset([]int{2, 0, 2})
	if err != nil {
		t.Fatal(err)
	}
	want := small()
	want.X, want.Y, want.Lines = []float64{5, 6, 1, 2, 5, 6}, []float64{1, 0, 1}, []int{5, 2, 5}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.X[0], s.Y[0], s.Features[0], s.Classes[0], s.Lines[0] = 9, 9, "", "", 9
	if diff := cmp.Diff(small(), d); diff != "" {
		t.Errorf("a change of a subset changes the whole:\n%s", diff)
	}
	_, err = d.Subset([]int{0, 3})
	wantError(t, "Subset(3)", err, ErrRow, "row 3 of 3")
	_, err = d.Subset([]int{-1})
	wantError(t, "Subset(-1)", err, ErrRow, "row -1 of 3")
	_, err = d.Subset(nil)
	wantError(t, "Subset()", err, ErrEmpty, "")
	_, err = new(Dataset).Subset([]int{0})
	wantError(t, "Subset of nothing", err, ErrEmpty, "")
}

func TestRowIsAViewOfItsOwnRowOnly(t *testing.T) {
	d := small()
	row := append(d.Row(1), -1)
	if d.X[4] != 5 {
		t.Errorf("appending to row 1 overwrote row 2: %v", d.X)
	}
	if !slices.Equal(row[:2], []float64{3, 4}) {
		t.Errorf("row 1 is %v", row[:2])
	}
	d.Row(1)[0] = 7
	if d.X[2] != 7 {
		t.Error("Row copies")
	}
}

func TestSelect(t *testing.T) {
	d := small()
	d.Shape = []int{1, 1, 2} // of the pixels of a picture, of which one is none
	s, err := d.Select("b")
	if err != nil {
		t.Fatal(err)
	}
	want := small()
	want.X, want.Features = []float64{2, 4, 6}, []string{"b"}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if s, err = small().Select("b", "a"); err != nil || !slices.Equal(s.X, []float64{2, 1, 4, 3, 6, 5}) {
		t.Errorf("Select(b, a): %v, %v", s, err)
	}
	if s, err = small().First(1); err != nil || !slices.Equal(s.X, []float64{1, 3, 5}) || s.Features[0] != "a" {
		t.Errorf("First(1): %v, %v", s, err)
	}
	if x, err := small().Column("b"); err != nil || !slices.Equal(x, []float64{2, 4, 6}) {
		t.Errorf("Column(b): %v, %v", x, err)
	}
	if s, err = Digits().First(10); err != nil || s.Shape != nil {
		t.Errorf("the first 10 of 8×8 pixels have shape %v, %v", s.Shape, err)
	}
	_, err = small().Select("a", "c")
	wantError(t, "Select(c)", err, ErrColumn, `small.csv: "c" is not among a, b`)
	_, err = small().Column("c")
	wantError(t, "Column(c)", err, ErrColumn, `"c"`)
	_, err = small().Select()
	wantError(t, "Select()", err, ErrArgument, "no features")
	_, err = small().First(3)
	wantError(t, "First(3)", err, ErrArgument, "the first 3 of 2 features")
	_, err = small().First(0)
	wantError(t, "First(0)", err, ErrArgument, "")
	twice := small()
	twice.Features[1] = "a"
	_, err = twice.Select("a")
	wantError(t, "Select of a name of two", err, ErrColumn, "two columns")
	_, err = Digits().Select("pixel")
	wantError(t, "Select among many", err, ErrColumn, "pixel_0_2, … (64)")
	_, err = small().Select("b", "a", "b")
	wantError(t, "Select of a feature twice", err, ErrName, `two selected features are called "b"`)
}

func TestCheckFeatures(t *testing.T) {
	abc := []string{"a", "b", "c"}
	for _, got := range [][]string{abc, Names(3)} {
		if err := CheckFeatures(abc, got); err != nil {
			t.Errorf("%q: %v", got, err)
		}
	}
	if err := CheckFeatures(Names(3), abc); err != nil {
		t.Errorf("fitted on columns without names: %v", err)
	}
	wantError(t, "too few", CheckFeatures(abc, []string{"a", "d"}), ErrFeatures, "2 features where 3 were fitted, missing b, c, unknown d")
	wantError(t, "too many", CheckFeatures(abc, Names(4)), ErrFeatures, "4 features where 3 were fitted")
	wantError(t, "swapped", CheckFeatures(abc, []string{"a", "c", "b"}), ErrFeatures, `feature 1 is "c" where "b" was fitted`)
	wantError(t, "none", CheckFeatures(abc, nil), ErrFeatures, "0 features where 3 were fitted")
}

func TestOneHot(t *testing.T) {
	hot, err := OneHot([]float64{2, 0}, 3)
	if err != nil || !slices.Equal(hot, []float64{0, 0, 1, 1, 0, 0}) {
		t.Errorf("OneHot(2, 0): %v, %v", hot, err)
	}
	for _, y := range []float64{3, -1, 0.5, math.NaN(), math.Inf(1)} {
		_, err := OneHot([]float64{0, y}, 3)
		wantError(t, "OneHot", err, ErrLabel, "row 1")
	}
	_, err = OneHot(nil, 0)
	wantError(t, "OneHot of no classes", err, ErrArgument, "")
}

// The forms are those that Place documents.
func TestPlace(t *testing.T) {
	for _, c := range []struct {
		d    Dataset
		row  int
		want string
	}{
		{Dataset{Source: "iris.csv", Lines: []int{2, 18}}, 1, "iris.csv:18: row 1"},
		{Dataset{Source: "iris.csv", Lines: []int{2, 18}}, 2, "iris.csv: row 2"},
		{Dataset{Source: "iris.csv"}, 1, "iris.csv: row 1"},
		{Dataset{}, 0, "data: row 0"},
	} {
		if got := c.d.Place(c.row); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
