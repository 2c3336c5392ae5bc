package models_test

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"adjoint/data"
	"adjoint/internal/npy"
	"adjoint/models"
	"adjoint/optim"
	"adjoint/prepare"
)

// ofAdult are the steps of prepare/testdata/adult.py.
var ofAdult = &prepare.Columns{
	Numbers: []prepare.Step{prepare.Impute{By: prepare.Median}, prepare.Standardize{}},
	Texts:   []prepare.Step{prepare.Impute{By: prepare.Constant, Text: "(missing)"}, prepare.OneHot{MinCount: 10, Unknown: prepare.AsRare}},
}

// adult reads the table that prepare/testdata/adult.py makes, and returns its folder: a small one, or that of ADJOINT_ADULT.
func adult(t *testing.T) (d *data.Dataset, folder string) {
	t.Helper()
	folder = cmp.Or(os.Getenv("ADJOINT_ADULT"), "../prepare/testdata/adult")
	d, err := data.Open(filepath.Join(folder, "adult.csv"), data.CSV{Missing: data.KeepMissing})
	check(t, err)
	return d, folder
}

// those returns the rows of d that hold says, and the others.
func those(t *testing.T, d *data.Dataset, hold func(i int) bool) (held, rest *data.Dataset) {
	t.Helper()
	var rows [2][]int
	for i := range d.Rows() {
		k := 1
		if hold(i) {
			k = 0
		}
		rows[k] = append(rows[k], i)
	}
	held, err := d.Subset(rows[0])
	check(t, err)
	rest, err = d.Subset(rows[1])
	check(t, err)
	return held, rest
}

func readJSON(t *testing.T, v any, path ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	check(t, err)
	check(t, json.Unmarshal(text, v))
}

// A table in the manner of Adult, with texts that training lacks, is prepared as by scikit-learn, and has its coefficients.
func TestAdultIsThatOfScikitLearn(t *testing.T) {
	d, folder := adult(t)
	_, train := those(t, d, func(i int) bool { return i >= d.Rows()*4/5 })
	p, err := ofAdult.Fit(train)
	check(t, err)
	prepared, err := p.Transform(d)
	check(t, err)
	dense, err := prepared.Dense()
	check(t, err)
	file, err := os.ReadFile(filepath.Join(folder, "adult.npy"))
	check(t, err)
	want, err := npy.Decode(file)
	check(t, err)
	width := len(dense.Features)
	if want.Dims[0] != (d.Rows()+9)/10 || want.Dims[1] != width {
		t.Fatalf("%d columns %q, scikit-learn's are %v", width, dense.Features, want.Dims)
	}
	for k, v := range want.Data.([]float64) {
		if x := dense.X[k/width*10*width+k%width]; math.Abs(x-v) > 1e-12*max(1, math.Abs(v)) {
			t.Fatalf("row %d, %s: %v, scikit-learn %v", k/width*10, dense.Features[k%width], x, v)
		}
	}
	var coefficients struct {
		W []float64
		B float64
	}
	readJSON(t, &coefficients, folder, "logistic.json")
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Tolerance: 1e-13, Prepare: ofAdult}
	_, err = m.Fit(t.Context(), train, models.FitOptions{})
	check(t, err)
	w, b, err := m.Coefficients()
	check(t, err)
	for j, v := range coefficients.W {
		near(t, "w of "+dense.Features[j], w.Float64s()[j], v, 1e-8)
	}
	near(t, "b", b.Float64s()[0], coefficients.B, 1e-8)
}

// Over twenty seeds, each with other rows held out, networks are as accurate as scikit-learn's on the same rows.
func TestNetworksOnTables(t *testing.T) {
	var theirs map[string][]float64
	readJSON(t, &theirs, "../prepare/testdata/networks.json")
	_, p := penguins(t)
	_, s := titanic(t)
	o := models.FitOptions{Epochs: 40, Batch: 32, Rule: optim.Adam{Rate: 0.01}}
	asAccurate(t, "penguins", p, theirs["penguins"], 16, ofPenguins, o)
	asAccurate(t, "titanic", s, theirs["titanic"], 16, ofTitanic, o)
}

// The same of the table in the manner of Adult. The small one has no networks of scikit-learn's beside it.
func TestAdultNetworks(t *testing.T) {
	if os.Getenv("ADJOINT_ADULT") == "" {
		t.Skip("run prepare/testdata/adult.py, and set ADJOINT_ADULT to its folder")
	}
	d, folder := adult(t)
	var theirs []float64
	readJSON(t, &theirs, folder, "networks.json")
	asAccurate(t, "Adult", d, theirs, 32, ofAdult, models.FitOptions{Epochs: 5, Batch: 200, Rule: optim.Adam{Rate: 0.001}})
}

// asAccurate asserts that networks of one hidden layer have accuracies like theirs, by seed: 0 is within the interval of
// 99.9 % of the mean difference, by Student's t.
func asAccurate(t *testing.T, name string, d *data.Dataset, theirs []float64, units int, columns *prepare.Columns, o models.FitOptions) {
	t.Helper()
	last := models.Dense{Units: 1, Activation: models.Sigmoid}
	if k := len(d.Classes); k > 2 {
		last = models.Dense{Units: k, Activation: models.Softmax}
	}
	mean, squares, level := 0.0, 0.0, 0.0
	n := float64(len(theirs))
	for s, score := range theirs {
		held, train := those(t, d, func(i int) bool { return (i+s)%20 < 4 })
		m := &models.Deep{Layers: []models.Layer{models.Dense{Units: units, Activation: models.ReLU}, last}, Prepare: columns, Seed: uint64(s)}
		_, err := m.Fit(t.Context(), train, o)
		check(t, err)
		scores, err := m.Evaluate(held)
		check(t, err)
		by := scores.Accuracy - score
		mean, squares, level = mean+by/n, squares+by*by/n, level+scores.Accuracy/n
	}
	const t19 = 3.883
	half := t19 * math.Sqrt((squares-mean*mean)/(n-1))
	t.Logf("%s: accuracy %.4f, scikit-learn's %.4f; differs by %+.5f ± %.5f", name, level, level-mean, mean, half)
	if math.Abs(mean) > half {
		t.Errorf("%s: 0 is not within %+.5f ± %.5f", name, mean, half)
	}
}
