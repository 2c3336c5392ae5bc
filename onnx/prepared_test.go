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
)

// fittedTable is a model of penguins, with a preparer.
func fittedTable(t *testing.T, c *prepare.Columns, d *data.Dataset) models.Model {
	t.Helper()
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: c, Standardize: true, Tolerance: 0.1}
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
