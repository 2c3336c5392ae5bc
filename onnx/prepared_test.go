package onnx_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/prepare"

	"gorgonia.org/tensor"
)

// fittedTable is a model of penguins, with a preparer.
func fittedTable(t *testing.T, c *prepare.Columns, d *data.Dataset) models.Model {
	return fittedOn(t, &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: c, Standardize: true, Tolerance: 0.1}, d)
}

func fittedOn(t *testing.T, m *models.Logistic, d *data.Dataset) models.Model {
	t.Helper()
	if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	return m
}

// A file takes the columns of a table: numbers together, each text for itself. That ONNX Runtime then
// predicts the same is what check.sh checks.
func TestWriteModelOfATable(t *testing.T) {
	m := fittedTable(t, &prepare.Columns{}, data.Penguins())
	var file bytes.Buffer
	if err := onnx.WriteModel(&file, m, onnx.ModelOptions{}); err != nil {
		t.Fatal(err)
	}
	p := parse(t, file.Bytes())
	if want := []string{"x: double(N, 5)", "island: string(N, 1)", "sex: string(N, 1)"}; !slices.Equal(p.inputs, want) {
		t.Errorf("inputs %q, want %q", p.inputs, want)
	}
	if !strings.Contains(p.String(), "LabelEncoder") || !strings.Contains(p.String(), "IsNaN") {
		t.Errorf("texts or gaps are not prepared:\n%s", p)
	}
}

// A file of a table, texts and all, reads back and predicts what the model does: to the bit, also when it is written again. What a file of
// float32 computes in float64 is its front, and the rest has no other parameters than the model.
func TestTableBack(t *testing.T) {
	d := data.Penguins()
	for _, single := range []bool{false, true} {
		m := fittedOn(t, &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: &prepare.Columns{}, Standardize: true, Float32: single, Tolerance: 0.1}, d)
		want, err := m.PredictProba(d)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := onnx.WriteModel(&file, m, onnx.ModelOptions{}); err != nil {
			t.Fatal(err)
		}
		f, err := onnx.Read(&file, onnx.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if single && (f.Graph.Dtype() != tensor.Float32 || f.Front == nil || len(f.Params) != 2 || len(f.Front.Params) != 0) {
			t.Fatalf("a formula of %v of the parameters %v, front %v", f.Graph.Dtype(), f.Params, f.Front)
		}
		var second bytes.Buffer
		if err := f.Write(&second); err != nil {
			t.Fatal(err)
		}
		again, err := onnx.Read(&second, onnx.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if single != (again.Front != nil) {
			t.Errorf("float32 %v, written again: front %v", single, again.Front)
		}
		in, placed := map[string]onnx.Array{}, map[string]onnx.Array{}
		for _, p := range f.Takes() {
			in[p.Name] = columnsOf(t, d, p)
			placed[p.Name] = turnedPlaces(in[p.Name], p)
		}
		predictsTable(t, f, in, false, want)
		predictsTable(t, again, placed, true, want)
	}
}

// predictsTable checks that a file predicts that to the bit; of columns, examples are the last axis.
func predictsTable(t *testing.T, f *onnx.File, in map[string]onnx.Array, columns bool, want [][]float64) {
	t.Helper()
	s, err := f.Session()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range floatsOf(out[0]) {
		row, class := i/out[0].Dims[1], i%out[0].Dims[1]
		if columns {
			class, row = row, class
		}
		if p != want[row][class] {
			t.Fatalf("a formula of %v, row %d, class %d: the file says %v, the model %v", f.Graph.Dtype(), row, class, p, want[row][class])
		}
	}
}

// turnedPlaces is a column as a file takes it that was written again: examples are the last axis, and texts places.
func turnedPlaces(a onnx.Array, p onnx.Port) onnx.Array {
	n, k := a.Dims[0], a.Dims[1]
	turned := onnx.Array{Dims: []int{k, n}}
	numbers := make([]float64, n*k)
	switch v := a.Data.(type) {
	case []string:
		for i, text := range v {
			if numbers[i] = float64(slices.Index(p.Names, text)); numbers[i] < 0 {
				numbers[i] = float64(len(p.Names))
			}
		}
	case []float64:
		for i, x := range v {
			numbers[i%k*n+i/k] = x
		}
	}
	turned.Data = numbers
	return turned
}

// In the table of a text, what a gap becomes stands at the place of "", and what an unseen text becomes at the default.
func TestGapsAndUnseenTextsInAFile(t *testing.T) {
	d, err := data.ReadCSV(strings.NewReader("a,y\nu,0\nu,1\nu,0\nu,1\nv,1\n,0\n,1\n,0\n"), data.CSV{Missing: data.KeepMissing, Header: data.HasHeader, Task: data.Classification})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	m := fittedTable(t, &prepare.Columns{Texts: []prepare.Step{prepare.Frequency{}}}, d)
	if err := onnx.WriteModel(&file, m, onnx.ModelOptions{}); err != nil {
		t.Fatal(err)
	}
	p := parse(t, file.Bytes())
	if text := p.String(); !strings.Contains(text, "keys_strings=[u v ]") || !strings.Contains(text, "default_int64=3") {
		t.Errorf("places of texts:\n%s", text)
	}
	want := []float64{4. / 8, 1. / 8, 3. / 8, 0} // u, v, a gap, an unseen text
	if !slices.ContainsFunc(p.tensors, func(v parsedTensor) bool { return slices.Equal(v.entries, want) }) {
		t.Errorf("no table %v:\n%s", want, p)
	}
}

func TestWriteModelOfATableRefuses(t *testing.T) {
	d, err := data.ReadCSV(strings.NewReader("when,y\n2020-01-02,a\n2021-05-06,b\n2020-02-03,a\n"), data.CSV{})
	if err != nil {
		t.Fatal(err)
	}
	dates := fittedTable(t, &prepare.Columns{Texts: []prepare.Step{prepare.Dates{}}}, d)
	numbers := fittedTable(t, &prepare.Columns{}, data.Iris())
	for _, c := range []struct {
		name  string
		model models.Model
		o     onnx.ModelOptions
	}{
		{"dates", dates, onnx.ModelOptions{}},
		{"columns", numbers, onnx.ModelOptions{Columns: true}},
		{"no standardiser", numbers, onnx.ModelOptions{NoStandardize: true}},
	} {
		var file bytes.Buffer
		if err := onnx.WriteModel(&file, c.model, c.o); !errors.Is(err, onnx.ErrUnsupported) || file.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", c.name, err, file.Len())
		}
	}
}

// columnsOf are the columns of a table that an input takes: all numbers, or the texts of one.
func columnsOf(t *testing.T, d *data.Dataset, p onnx.Port) onnx.Array {
	t.Helper()
	n := d.Rows()
	if p.Type == "string" {
		texts := make([]string, n)
		for i := range texts {
			texts[i], _ = d.Text(i, slices.Index(d.Features, p.Name))
		}
		return onnx.Array{Dims: []int{n, 1}, Data: texts}
	}
	var numbers []float64
	for i := range n {
		for j := range d.Features {
			if d.Levels[j] == nil {
				numbers = append(numbers, d.X[i*len(d.Features)+j])
			}
		}
	}
	return onnx.Array{Dims: []int{n, len(numbers) / n}, Data: numbers}
}
