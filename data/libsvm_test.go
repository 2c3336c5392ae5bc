package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLibSVM(t *testing.T) {
	const text = "# words\n+1 3:0.5 17:1 # a remark\n\n-1 qid:4 1:2e-3\r\n+1\n-1 2:0 18:-7\n"
	d, err := ReadLibSVM(strings.NewReader(text), LibSVM{})
	if err != nil {
		t.Fatal(err)
	}
	want := &Sparse{Starts: []int{0, 2, 3, 3, 4}, Columns: []int32{2, 16, 0, 17}, Values: []float64{0.5, 1, 2e-3, -7}}
	if diff := cmp.Diff(want, d.Sparse); diff != "" {
		t.Error(diff)
	}
	if len(d.Features) != 18 || d.Rows() != 4 || !slices.Equal(d.Y, []float64{1, 0, 1, 0}) || !slices.Equal(d.Classes, []string{"-1", "+1"}) || !slices.Equal(d.Lines, []int{2, 4, 5, 6}) {
		t.Errorf("%d features, %+v", len(d.Features), d)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	if text := d.Describe(); !strings.Contains(text, "18 columns") || !strings.Contains(text, "4 in all, -7 … 1") {
		t.Error(text)
	}
	var file bytes.Buffer
	if err := d.WriteLibSVM(&file); err != nil || file.String() != "+1 3:0.5 17:1\n-1 1:0.002\n+1\n-1 18:-7\n" {
		t.Errorf("%v\n%s", err, &file)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("1.5 0:1 4:2\n2.25 1:3\n"))
	_ = z.Close()
	d, err = ReadLibSVM(&zipped, LibSVM{Features: 6})
	if err != nil || d.Classes != nil || len(d.Features) != 6 || !slices.Equal(d.Row(0), []float64{1, 0, 0, 0, 2, 0}) {
		t.Errorf("from 0: %v, %+v", err, d)
	}
	d, err = ReadLibSVM(strings.NewReader("1 1:1\n0 2:1\n"), LibSVM{FromZero: true})
	if err != nil || len(d.Features) != 3 {
		t.Errorf("said to be from 0: %v, %+v", err, d)
	}
}

func TestLibSVMRefuses(t *testing.T) {
	for _, c := range []struct {
		text    string
		o       LibSVM
		want    error
		message string
	}{
		{"", LibSVM{}, ErrEmpty, ""},
		{"1 3:1 2:1\n", LibSVM{}, ErrColumn, `LibSVM:1:7: "2:1" in field 3 of 3: index 2 after 3`},
		{"1 3:1 3:1\n", LibSVM{}, ErrColumn, "ascend"},
		{"1 3\n", LibSVM{}, ErrNumber, "want index:value"},
		{"1 x:3\n", LibSVM{}, ErrNumber, `index "x"`},
		{"1 -3:3\n", LibSVM{}, ErrNumber, `index "-3"`},
		{"1 3:NaN\n", LibSVM{}, ErrNotFinite, ""},
		{"1 3:x\n", LibSVM{}, ErrNumber, ""},
		{"1 2000000000:1\n", LibSVM{}, ErrLimit, "LibSVM.Limits.Fields"},
		{"1 99999999999999999999:1\n", LibSVM{}, ErrNumber, ""},
		{"1 8:1\n0 1:1\n", LibSVM{Features: 7}, ErrColumn, "column 7 where there are 7 features"},
		{"1 8:1\n", LibSVM{Features: -1}, ErrArgument, ""},
		{"yes 8:1\n", LibSVM{Classes: []string{"no"}}, ErrLabel, ""},
		{"? 8:1\n", LibSVM{}, ErrMissing, ""},
		{"1 8:1\n\"1 8:1\n", LibSVM{}, ErrSyntax, ""},
	} {
		if _, err := ReadLibSVM(strings.NewReader(c.text), c.o); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%q: %v, want %q: %v", c.text, err, c.message, c.want)
		}
	}
	d := &Dataset{X: []float64{1, 0}, Y: []float64{0, 1}, Features: []string{"a"}, Classes: []string{"no", "yes"}}
	if err := d.WriteLibSVM(new(bytes.Buffer)); !errors.Is(err, ErrName) {
		t.Error(err)
	}
}

// sparseTable is a table of few numbers, as sparse rows and written out.
func sparseTable(rows, width int) (sparse, dense *Dataset) {
	rng := rand.New(rand.NewPCG(3, 1))
	s := &Sparse{Starts: []int{0}}
	d := &Dataset{X: make([]float64, rows*width), Y: make([]float64, rows), Features: Names(width), Classes: []string{"a", "b"}}
	for i := range rows {
		d.Y[i] = float64(i % 2)
		for j := range width {
			if rng.IntN(4) == 0 {
				v := rng.NormFloat64()
				d.X[i*width+j] = v
				s.Columns, s.Values = append(s.Columns, int32(j)), append(s.Values, v)
			}
		}
		s.add()
	}
	return &Dataset{Sparse: s, Y: d.Y, Features: d.Features, Classes: d.Classes}, d
}

// What is made of sparse rows is what is made of them written out.
func TestSparse(t *testing.T) {
	sparse, dense := sparseTable(20, 9)
	if err := sparse.Check(); err != nil {
		t.Fatal(err)
	}
	same := func(what string, a, b any) {
		t.Helper()
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: (-written out +sparse)\n%.500s", what, diff)
		}
	}
	out := func(d *Dataset, err error) *Dataset {
		t.Helper()
		if err == nil {
			d, err = d.Dense()
		}
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	rows := []int{3, 3, 0, 19, 7}
	whole, err := dense.Subset(rows)
	if err != nil {
		t.Fatal(err)
	}
	same("Dense", dense, out(sparse, nil))
	same("Subset", whole, out(sparse.Subset(rows)))
	same("Clone", dense, out(sparse.Clone(), nil))
	same("Row", dense.Row(7), sparse.Row(7))
	for _, rows := range [][]int{nil, rows} {
		n := 20
		if rows != nil {
			n = len(rows)
		}
		a, b := make([]float64, 9*n), slices.Repeat([]float64{5}, 9*n)
		if err := errors.Join(dense.Gather(a, rows), sparse.Gather(b, rows)); err != nil {
			t.Fatal(err)
		}
		same("Gather", a, b)
		a, b = a[:2*n], b[:2*n]
		if err := errors.Join(dense.GatherColumns(a, []int{6, 2}, rows), sparse.GatherColumns(b, []int{6, 2}, rows)); err != nil {
			t.Fatal(err)
		}
		same("GatherColumns", a, b)
		var parts [2][3][]float64
		for i, d := range []*Dataset{dense, sparse} {
			parts[i] = [3][]float64{make([]float64, 9*n), slices.Repeat([]float64{7}, 9*n), make([]float64, n)}
			if err := d.GatherSparse(parts[i][0], parts[i][1], parts[i][2], rows); err != nil {
				t.Fatal(err)
			}
		}
		same("GatherSparse", parts[0], parts[1])
	}
	if err := sparse.GatherSparse(make([]float64, 3), nil, nil, nil); !errors.Is(err, ErrLength) {
		t.Error(err)
	}
	a, err := FitScaler(dense)
	if err != nil {
		t.Fatal(err)
	}
	b, err := FitScaler(sparse)
	if err != nil {
		t.Fatal(err)
	}
	for j := range a.Mean {
		if !within(a.Mean[j], b.Mean[j], 1e-14) || !within(a.Scale[j], b.Scale[j], 1e-14) {
			t.Errorf("column %d: %v %v, written out %v %v", j, b.Mean[j], b.Scale[j], a.Mean[j], a.Scale[j])
		}
	}
	for name, err := range map[string]error{
		"Select":   second(sparse.Select("x1")),
		"Scaler":   second(b.Transform(sparse)),
		"Imputer":  second(FitImputer(sparse)),
		"CheckRaw": sparse.CheckRaw(),
		"WriteNPZ": sparse.WriteNPZ(new(bytes.Buffer)),
	} {
		if !errors.Is(err, ErrSparse) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func within(a, b, tolerance float64) bool { return a-b <= tolerance && b-a <= tolerance }

func second[T any](_ T, err error) error { return err }

// Rows that are none are errors.
func TestMalformedSparse(t *testing.T) {
	for name, edit := range map[string]func(*Dataset){
		"a column that is not there": func(d *Dataset) { d.Sparse.Columns[0] = 9 },
		"a negative column":          func(d *Dataset) { d.Sparse.Columns[0] = -1 },
		"columns out of order":       func(d *Dataset) { slices.Reverse(d.Sparse.Columns) },
		"starts out of order":        func(d *Dataset) { d.Sparse.Starts[1] = 40 },
		"a start beyond":             func(d *Dataset) { d.Sparse.Starts[3] = math.MaxInt },
		"a first start":              func(d *Dataset) { d.Sparse.Starts[0] = 1 },
		"a value too few":            func(d *Dataset) { d.Sparse.Values = d.Sparse.Values[1:] },
		"X beside":                   func(d *Dataset) { d.X = make([]float64, 180) },
		"NaN":                        func(d *Dataset) { d.Sparse.Values[3] = math.NaN() },
		"no rows":                    func(d *Dataset) { d.Sparse.Starts = nil },
	} {
		d, _ := sparseTable(20, 9)
		edit(d)
		for what, err := range map[string]error{
			"Check":     d.Check(),
			"Dense":     second(d.Dense()),
			"Subset":    second(d.Subset([]int{0, 3})),
			"FitScaler": second(FitScaler(d)),
		} {
			if err == nil {
				t.Errorf("%s of %s is no error", what, name)
			}
		}
		if n := d.Entries([]int{0, 2, 3, 19, 20, -1}); n < 0 || n > 6*9 {
			t.Errorf("%d entries of %s", n, name)
		}
	}
}
