package prepare_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/internal/npy"
	"adjoint/prepare"
)

// titanic are the rows of testdata/titanic.csv: the 300 to train on, and all.
func titanic(t *testing.T) (train, all *data.Dataset) {
	t.Helper()
	all, err := data.Open("testdata/titanic.csv", data.CSV{Missing: data.KeepMissing})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]int, 300)
	for i := range rows {
		rows[i] = i
	}
	if train, err = all.Subset(rows); err != nil {
		t.Fatal(err)
	}
	return train, all
}

// ofTitanic are the steps of testdata/peer.py.
var ofTitanic = prepare.Columns{
	Groups: []prepare.Group{
		{Columns: []string{"age"}, Steps: []prepare.Step{prepare.Impute{By: prepare.Median, Indicator: true}, prepare.Standardize{}}},
		{Columns: []string{"fare"}, Steps: []prepare.Step{prepare.MinMax{}}},
		{Columns: []string{"port"}, Steps: []prepare.Step{prepare.Impute{By: prepare.MostFrequent}, prepare.Ordinal{}}},
		{Columns: []string{"joined"}, Steps: []prepare.Step{prepare.Dates{}, prepare.Standardize{}}},
		{Columns: []string{"class"}, Steps: []prepare.Step{prepare.OneHot{}}},
		{Columns: []string{"deck"}, Steps: []prepare.Step{prepare.Impute{By: prepare.Constant, Text: "none"}, prepare.OneHot{}}},
		{Columns: []string{"title"}, Steps: []prepare.Step{prepare.OneHot{MinCount: 20, Unknown: prepare.AsRare}}},
	},
}

// expected reads what scikit-learn made of a table.
func expected(t *testing.T, name string) (x []float64, width int) {
	t.Helper()
	file, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	a, err := npy.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return a.Data.([]float64), a.Dims[1]
}

// equal compares the prepared rows, written out, with scikit-learn's.
func equal(t *testing.T, p *prepare.Preparer, d *data.Dataset, want []float64, width int) {
	t.Helper()
	prepared, err := p.Transform(d)
	if err != nil {
		t.Fatal(err)
	}
	if err := prepared.Check(); err != nil {
		t.Fatal(err)
	}
	dense, err := prepared.Dense()
	if err != nil {
		t.Fatal(err)
	}
	if len(dense.Features) != width || len(dense.X) != len(want) {
		t.Fatalf("%d columns %q, scikit-learn has %d", len(dense.Features), dense.Features, width)
	}
	for k, x := range dense.X {
		if math.Abs(x-want[k]) > 1e-12*math.Max(1, math.Abs(want[k])) {
			t.Fatalf("row %d, %s: %v, scikit-learn %v", k/width, dense.Features[k%width], x, want[k])
		}
	}
}

func fit(t *testing.T, c prepare.Columns, d *data.Dataset) *prepare.Preparer {
	t.Helper()
	p, err := c.Fit(d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTitanicIsPreparedAsByScikitLearn(t *testing.T) {
	train, all := titanic(t)
	want, width := expected(t, "titanic.npy")
	equal(t, fit(t, ofTitanic, train), all, want, width)
}

func TestPenguinsArePreparedAsByScikitLearn(t *testing.T) {
	d := data.Penguins()
	var rows []int
	for i := range d.Rows() {
		if i%4 != 0 {
			rows = append(rows, i)
		}
	}
	train, err := d.Subset(rows)
	if err != nil {
		t.Fatal(err)
	}
	want, width := expected(t, "penguins.npy")
	equal(t, fit(t, prepare.Columns{Numbers: []prepare.Step{prepare.Impute{}, prepare.Standardize{}}}, train), d, want, width)
}

// Other settings, of single columns side by side.
func TestVariantsArePreparedAsByScikitLearn(t *testing.T) {
	train, all := titanic(t)
	want, width := expected(t, "variants.npy")
	from := 0
	for _, c := range []struct {
		column string
		steps  []prepare.Step
	}{
		{"age", []prepare.Step{prepare.Impute{}, prepare.Bins{Count: 4}}},
		{"fare", []prepare.Step{prepare.Bins{Count: 6, Uniform: true}, prepare.Ordinal{}}},
		{"sex", []prepare.Step{prepare.Frequency{}}},
		{"age", []prepare.Step{prepare.Impute{}, prepare.Bins{Count: 3}, prepare.OneHot{}}},
		{"title", []prepare.Step{prepare.OneHot{Most: 4}}},
		{"deck", []prepare.Step{prepare.OneHot{}}},
	} {
		one, err := train.Select(c.column)
		if err != nil {
			t.Fatal(err)
		}
		every, err := all.Select(c.column)
		if err != nil {
			t.Fatal(err)
		}
		p := fit(t, prepare.Columns{Groups: []prepare.Group{{Columns: []string{c.column}, Steps: c.steps}}}, one)
		columns := 0
		for _, o := range p.Outputs() {
			columns += max(1, len(o.Levels))
		}
		var part []float64
		for i := 0; i < len(want); i += width {
			part = append(part, want[i+from:i+from+columns]...)
		}
		equal(t, p, every, part, columns)
		from += columns
	}
	if from != width {
		t.Errorf("%d columns, scikit-learn has %d", from, width)
	}
}

// A file holds the preparer whole, and the steps that it was made of.
func TestPreparerInAFile(t *testing.T) {
	train, all := titanic(t)
	p := fit(t, ofTitanic, train)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var q prepare.Preparer
	if err := json.Unmarshal(text, &q); err != nil {
		t.Fatal(err)
	}
	want, width := expected(t, "titanic.npy")
	equal(t, &q, all, want, width)
	if d := q.Describe(); !slices.Equal(d, p.Describe()) || !d[0].Guessed {
		t.Errorf("a file describes columns otherwise: %+v", d)
	}
	again := fit(t, *q.Columns(), train)
	other, err := json.Marshal(again)
	if err != nil {
		t.Fatal(err)
	}
	if string(other) != string(text) {
		t.Error("the steps of a file prepare otherwise")
	}
}

// What is not as in training is an error that names the place, the text and the cure.
func TestRefusals(t *testing.T) {
	read := func(text string) *data.Dataset {
		d, err := data.ReadCSV(strings.NewReader(text), data.CSV{Source: "f.csv", NoLabel: true, Missing: data.KeepMissing, Header: data.HasHeader})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	steps := func(s ...prepare.Step) prepare.Columns { return prepare.Columns{Numbers: s, Texts: s} }
	for _, c := range []struct {
		name        string
		columns     prepare.Columns
		train, then string // no then: Fit has the error
		want        error
		message     string
	}{
		{"a gap that training had not, kept", steps([]prepare.Step{}...), "a\n1\n2\n", "a\n1\n\"\"\n", data.ErrMissing, `f.csv:3: row 1, column "a": training had no gap there`},
		{"an unseen text", steps(prepare.OneHot{Unknown: prepare.Refuse}), "a\nu\nv\n", "a\nw\n", prepare.ErrUnknown, `f.csv:2: row 0, column "a": "w"`},
		{"an unseen number", steps(prepare.Ordinal{Unknown: prepare.Refuse}), "a\n1\n2\n", "a\n3\n", prepare.ErrUnknown, `"3"`},
		{"no date", steps(prepare.Dates{}), "a\n2020-01-02\n", "a\nyesterday\n", prepare.ErrDate, `"yesterday"`},
		{"a text where a number was", prepare.Columns{}, "a\n1\n", "a\nu\n", data.ErrFeatures, `column "a" is a text, a number was fitted`},
		{"another column", prepare.Columns{}, "a\n1\n", "b\n1\n", data.ErrFeatures, ""},
		{"beyond floats", steps(prepare.Standardize{}), "a\n1e-300\n2e-300\n", "a\n1e300\n", data.ErrNotFinite, `"1e+300" becomes +Inf`},
		{"no date in training", steps(prepare.Dates{}), "a\nyesterday\n", "", prepare.ErrDate, "yesterday"},
		{"gaps that nothing fills", steps(prepare.Standardize{}), "a\n1\nNA\n", "", data.ErrMissing, "1 of 2 values are missing, add an Impute"},
		{"the mean of a text", steps(prepare.Impute{}), "a\nu\n", "", prepare.ErrStep, "Impute by mean: of a text: take MostFrequent"},
		{"the scale of a text", steps(prepare.MinMax{}), "a\nu\n", "", prepare.ErrStep, "MinMax: of a column that is no number"},
		{"text that no step encodes", steps([]prepare.Step{}...), "a\nu\n", "", prepare.ErrStep, "no step encodes"},
		{"names of rows", prepare.Columns{}, "a\n" + letters(30), "", data.ErrLimit, "names of rows?"},
		{"no values", prepare.Columns{}, "a,b\n,1\n", "", data.ErrMissing, "no value in any of 1 rows"},
		{"a group of no column", prepare.Columns{Groups: []prepare.Group{{Columns: []string{"b"}}}}, "a\n1\n", "", data.ErrColumn, `"b" is not among the columns of f.csv`},
		{"a column in two groups", prepare.Columns{Groups: []prepare.Group{{Columns: []string{"a", "a"}}}}, "a\n1\n", "", data.ErrColumn, "two groups"},
		{"a nil step", steps(nil), "a\n1\n", "", prepare.ErrStep, "nil step"},
		{"a text out of its order", steps(prepare.Ordinal{Order: []string{"low"}}), "a\nhigh\n", "", prepare.ErrUnknown, `"high" is not in its Order`},
		{"negative bins", steps(prepare.Bins{Count: -1}), "a\n1\n", "", prepare.ErrStep, "-1 bins"},
		{"one column at most", steps(prepare.OneHot{Most: 1}), "a\n1\n", "", prepare.ErrStep, "Most 1"},
	} {
		p, err := c.columns.Fit(read(c.train))
		if err == nil && c.then != "" {
			_, err = p.Transform(read(c.then))
		}
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: %v, want %q: %v", c.name, err, c.message, c.want)
		}
	}
}

// A text that fills gaps, and that no row has, comes among the texts of the rows in their order.
func TestAFillingTextIsLookedUp(t *testing.T) {
	d := &data.Dataset{X: []float64{0, 1, 1, math.NaN()}, Features: []string{"a"}, Levels: [][]string{{"k", "z"}}}
	p := fit(t, prepare.Columns{Texts: []prepare.Step{prepare.Impute{By: prepare.Constant, Text: "m"}, prepare.Frequency{}}}, d)
	m, ok := p.Outputs()[0].Maps[0].(prepare.Lookup)
	if !ok || !slices.Equal(m.Texts, []string{"k", "m", "z"}) || !slices.Equal(m.Values, []float64{0.25, 0.25, 0.5}) {
		t.Errorf("%+v", p.Outputs())
	}
	d.Levels[0] = []string{"z", "k"} // in an order of one's own
	p = fit(t, prepare.Columns{Texts: []prepare.Step{prepare.Impute{By: prepare.Constant, Text: "m"}, prepare.OneHot{}}}, d)
	hot, err := p.Transform(d)
	if err != nil || !slices.Equal(hot.Levels[0], []string{"k", "m", "z"}) || !slices.Equal(hot.X, []float64{2, 0, 0, 1}) {
		t.Errorf("%v, %v, %v", hot.Levels, hot.X, err)
	}
}

func letters(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("u", i+1) + "\n")
	}
	return b.String()
}

// A file that no Fit made is refused.
func TestHostileFiles(t *testing.T) {
	const good = `{"inputs":[{"name":"a","text":true}],"outputs":[{"name":"a","from":0,"maps":[{"type":"Lookup","fields":{"Texts":["u"],"Values":[0],"Missing":null,"Unknown":1}}],"levels":["u"]}]}`
	if err := json.Unmarshal([]byte(good), new(prepare.Preparer)); err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{
		{`"from":0`, `"from":1`}, {`"from":0`, `"from":-1`}, {`"Values":[0]`, `"Values":[2]`}, {`"Values":[0]`, `"Values":[0.5]`},
		{`"Values":[0]`, `"Values":[]`}, {`"Unknown":1`, `"Unknown":-1`}, {`"text":true`, `"text":false`}, {"Lookup", "Impute"},
		{"Lookup", "Nothing"}, {`"Texts":["u"]`, `"Texts":["v","u"]`}, {`"levels":["u"]`, `"levels":["u","u"]`}, {`"name":"a","from"`, `"name":"\ud800","from"`},
		{`"levels":["u"]`, `"levels":[]`}, {`"Unknown":1`, `"Other":1`}, {`{"type":"Lookup"`, `{"type":"Missing","fields":{}},{"type":"Lookup"`},
		{`"type":"Lookup","fields":{"Texts":["u"],"Values":[0],"Missing":null,"Unknown":1}`, `"type":"DatePart","fields":{"Layout":"","Part":9}`},
		{`"inputs":[{"name":"a","text":true}]`, `"inputs":[]`},
		{`"levels":["u"]}]`, `"levels":["u"]},{"name":"f","from":0,"maps":[{"type":"Lookup","fields":{"Texts":["u"],"Values":[0.5],"Missing":null,"Unknown":0}}]}]`},
	} {
		text := strings.Replace(good, edit[0], edit[1], 1)
		if text == good {
			t.Errorf("%q is not there", edit[0])
		}
		err := json.Unmarshal([]byte(text), new(prepare.Preparer))
		if !errors.Is(err, prepare.ErrCorrupt) && !errors.Is(err, data.ErrName) && edit[1] != `"name":"\ud800","from"` {
			t.Errorf("%s in the place of %s: %v", edit[1], edit[0], err)
		}
	}
}
