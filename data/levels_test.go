package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var nan = math.NaN()

// People's tables, and what they are.
func TestReadCSVOfText(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       CSV
		want       Dataset
	}{
		{"text and gaps", "age,sex,y\n22,male,no\n,female,yes\n26,,no\n35,female,yes\n", CSV{Missing: KeepMissing},
			Dataset{X: []float64{22, 1, nan, 0, 26, nan, 35, 0}, Y: []float64{0, 1, 0, 1}, Features: []string{"age", "sex"},
				Levels: [][]string{nil, {"female", "male"}}, Classes: []string{"no", "yes"}, Target: "y", Lines: []int{2, 3, 4, 5}}},
		{"gaps left out", "sex,age,y\n,1,0\nmale,2,0\nfemale,,1\nfemale,3,1\n", CSV{Missing: DropMissing},
			Dataset{X: []float64{1, 2, 0, 3}, Y: []float64{0, 1}, Features: []string{"sex", "age"},
				Levels: [][]string{{"female", "male"}, nil}, Classes: []string{"0", "1"}, Target: "y", Lines: []int{3, 5}, Dropped: 2}},
		{"numbers that are text", "zip,y\n01234,0.5\n99,1.5\n01234,2\n", CSV{Types: map[string]Type{"zip": TextType}},
			Dataset{X: []float64{0, 1, 0}, Y: []float64{0.5, 1.5, 2}, Features: []string{"zip"}, Levels: [][]string{{"01234", "99"}}, Target: "y", Lines: []int{2, 3, 4}}},
		{"ids that Go takes for numbers", "id,at,y\n1_0,0x1p4,0.5\n10,0x10p0,1.5\n", CSV{},
			Dataset{X: []float64{1, 1, 0, 0}, Y: []float64{0.5, 1.5}, Features: []string{"id", "at"}, Levels: [][]string{{"10", "1_0"}, {"0x10p0", "0x1p4"}}, Target: "y", Lines: []int{2, 3}}},
		{"a gap, then text", "a,y\n,1\nx,2\n", CSV{Missing: KeepMissing, Task: Regression},
			Dataset{X: []float64{nan, 0}, Y: []float64{1, 2}, Features: []string{"a"}, Levels: [][]string{{"x"}}, Target: "y", Lines: []int{2, 3}}},
		{"text that has no value", "a,y\n,1\n", CSV{Missing: KeepMissing, Task: Regression, Types: map[string]Type{"a": TextType}},
			Dataset{X: []float64{nan}, Y: []float64{1}, Features: []string{"a"}, Levels: [][]string{{}}, Target: "y", Lines: []int{2}}},
		{"text without a header", "3,u,1\n4,v,2\n", CSV{Task: Regression},
			Dataset{X: []float64{3, 0, 4, 1}, Y: []float64{1, 2}, Features: []string{"x0", "x1"}, Levels: [][]string{nil, {"u", "v"}}, Target: "y", Lines: []int{1, 2}}},
		{"runs of blanks, in the manner of UCI's auto-mpg", " 18.0   8   130.0\t\"ford torino\"  1\n24.5  4 113 \t\"audi, 100 ls\" 2  \n", CSV{Comma: Blanks, Header: NoHeader, Task: Regression},
			Dataset{X: []float64{18, 8, 130, 1, 24.5, 4, 113, 0}, Y: []float64{1, 2}, Features: Names(4), Levels: [][]string{nil, nil, nil, {"audi, 100 ls", "ford torino"}}, Target: "y", Lines: []int{1, 2}}},
		{"decimal commas", "a;b;y\n1,5;u,v;0,25\n-2;w;1e3\n", CSV{DecimalComma: true},
			Dataset{X: []float64{1.5, 0, -2, 1}, Y: []float64{0.25, 1000}, Features: []string{"a", "b"}, Levels: [][]string{nil, {"u,v", "w"}}, Target: "y", Lines: []int{2, 3}}},
		{"sep=, from Excel", "\ufeffsep=;\r\n\"a;1\";y\r\n1;0\r\n2;1\r\n", CSV{},
			Dataset{X: []float64{1, 2}, Y: []float64{0, 1}, Features: []string{"a;1"}, Classes: []string{"0", "1"}, Target: "y", Lines: []int{2, 3}}},
		{"a weight", "w,a,y\n2,5,0\n0.5,6,1\n", CSV{Weight: Name("w")},
			Dataset{X: []float64{5, 6}, Y: []float64{0, 1}, Weights: []float64{2, 0.5}, Features: []string{"a"}, Classes: []string{"0", "1"}, Target: "y", Lines: []int{2, 3}}},
		{"several targets", "u,a,v\n1,5,0.5\n2,6,1.5\n", CSV{Labels: []Column{Name("v"), At(0)}},
			Dataset{X: []float64{5, 6}, Features: []string{"a"}, Lines: []int{2, 3},
				Beside: map[string]*Dataset{"y": {X: []float64{0.5, 1, 1.5, 2}, Features: []string{"v", "u"}, Source: "f.csv", Lines: []int{2, 3}}}}},
		{"several targets without names, and a gap in one", "1,5,0.5\n2,6,NA\n", CSV{Labels: []Column{At(0), At(2)}, Missing: DropMissing},
			Dataset{X: []float64{5}, Features: []string{"x0"}, Lines: []int{1}, Dropped: 1,
				Beside: map[string]*Dataset{"y": {X: []float64{1, 0.5}, Features: []string{"y0", "y1"}, Source: "f.csv", Lines: []int{1}}}}},
	} {
		got, err := read(c.text, c.opts)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		c.want.Source, c.want.Guessed = "f.csv", guessed(c.want.Features, c.opts.Types)
		if diff := cmp.Diff(&c.want, got, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, _ = z.Write([]byte(c.text))
		_ = z.Close()
		again, err := ReadCSV(&zipped, withSource(c.opts))
		if diff := cmp.Diff(got, again, cmpopts.EquateNaNs()); err != nil || diff != "" {
			t.Errorf("%s, compressed by gzip: %v\n%s", c.name, err, diff)
		}
	}
}

func withSource(o CSV) CSV {
	o.Source = "f.csv"
	return o
}

func TestDamagedGzip(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(strings.Repeat("1,2\n", 1000)))
	_ = z.Close()
	for _, size := range []int{5, 20, zipped.Len() - 4} {
		if d, err := ReadCSV(bytes.NewReader(zipped.Bytes()[:size]), CSV{Task: Regression}); err == nil {
			t.Errorf("the first %d bytes are %d rows", size, d.Rows())
		}
	}
}

func TestOtherBlanksAreRecognised(t *testing.T) {
	_, err := read("1.5  2 3\n 4 5   6\n", CSV{})
	wantError(t, "runs of blanks", err, ErrFormat, "set CSV.Comma to data.Blanks")
}

// What takes rows takes their texts and weights along.
func TestRowsKeepTextsAndWeights(t *testing.T) {
	d, err := read("w,sex,age,y\n1,m,5,0\n2,f,6,1\n3,m,7,1\n", CSV{Weight: Name("w")})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Subset([]int{2, 0})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{3, 1}, s.Weights); diff != "" {
		t.Error(diff)
	}
	c, err := s.Select("age", "sex")
	if err != nil {
		t.Fatal(err)
	}
	if text, ok := c.Text(0, 1); text != "m" || !ok || c.Levels[0] != nil {
		t.Errorf("the second column is %q, levels %q", text, c.Levels)
	}
	if text, ok := c.Text(1, 0); text != "5" || !ok {
		t.Errorf("the first column is %q", text)
	}
	if diff := cmp.Diff([]Type{NumberType, TextType}, c.Types()); diff != "" {
		t.Error(diff)
	}
	c.Levels[1][0] = "changed"
	if d.Levels[0][0] != "f" {
		t.Error("a selection shares its texts")
	}
	d.X[0] = 3
	if err := d.Check(); !errors.Is(err, ErrNumber) {
		t.Errorf("position 3 of 2 texts: %v", err)
	}
	d.X[0] = 2 // none of them
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	if _, ok := d.Text(0, 0); ok {
		t.Error("a text that is none of the levels")
	}
	d.Weights[1] = -1
	if err := d.CheckRaw(); !errors.Is(err, ErrArgument) {
		t.Errorf("a negative weight: %v", err)
	}
}

func TestDense(t *testing.T) {
	d := &Dataset{X: []float64{5, 0, 6, 2, 7, 1, 8, nan}, Features: []string{"a", "b"}, Levels: [][]string{nil, {"u", "v"}}}
	got, err := d.Dense()
	if err != nil {
		t.Fatal(err)
	}
	want := &Dataset{X: []float64{5, 1, 0, 6, 0, 0, 7, 0, 1, 8, nan, nan}, Features: []string{"a", "b=u", "b=v"}}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if err := d.CheckNumbers(); !errors.Is(err, ErrNumber) {
		t.Errorf("text is no number: %v", err)
	}
}

func TestDescribe(t *testing.T) {
	d, err := read("age,sex,y\n22,m,no\n,f,yes\n26,m,no\n", CSV{Missing: KeepMissing})
	if err != nil {
		t.Fatal(err)
	}
	want := `f.csv: 3 rows
column  type    missing  values
age     number        1  22 … 26
sex     text          0  2 texts: m, f
y       label         0  2 classes: no, yes
`
	if diff := cmp.Diff(want, d.Describe()); diff != "" {
		t.Error(diff)
	}
}

// guessed says of which features the types are guessed.
func guessed(features []string, types map[string]Type) (list []bool) {
	for _, name := range features {
		list = append(list, types[name] == DetectType)
	}
	if !slices.Contains(list, true) {
		return nil
	}
	return list
}
