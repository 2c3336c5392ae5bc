package models_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/internal/safetensors"
	"adjoint/models"

	independent "github.com/nlpodyssey/safetensors"
)

// testdata/version1.safetensors was written when the format had version 1, and
// testdata/version2.safetensors is the same model as version 2 has it. They are not to be
// written again: both are read for ever, and a format that writes another file needs a
// version of its own. What the model predicts is computed here by hand, from
// the numbers that a reader finds which nobody here wrote.
func TestFilesOfVersions(t *testing.T) {
	file := must(os.ReadFile("testdata/version1.safetensors"))
	m := must(models.Load(bytes.NewReader(file)))
	writtenAs(t, m, must(data.Moons(50, 0.3, 6)), "testdata/version2.safetensors")
	mean, scale := [2]float64{0.48343041490385563, 0.2494992872115554}, [2]float64{0.9772508501663075, 0.4127275659962777}
	rows := must(data.Moons(50, 0.3, 6))
	outputs := outputsByHand(file, rows, mean, scale)
	for i, p := range must(m.PredictProba(rows)) {
		near(t, "P(y = 1|x)", p[0], 1/(1+math.Exp(-outputs[i])), 1e-14)
	}
}

// writtenAs compares what m is written as with a golden file, which a model of the same is
// read from.
func writtenAs(t *testing.T, m models.Model, rows *data.Dataset, path string) {
	t.Helper()
	file := must(os.ReadFile(path))
	if !bytes.Equal(saved(t, m), file) {
		t.Errorf("it is written in another way than %s", path)
	}
	if behaviour(t, must(models.Load(bytes.NewReader(file))), rows) != behaviour(t, m, rows) {
		t.Errorf("%s has another model", path)
	}
}

// outputsByHand computes a network of two units of ELU with α = ½ and a linear one,
// from the weights in a file.
func outputsByHand(file []byte, rows *data.Dataset, mean, scale [2]float64) []float64 {
	st := must(independent.Deserialize(file))
	weight := func(name string, n int) []float64 {
		v, _ := st.Tensor(name)
		numbers := make([]float64, n)
		must(binary.Decode(v.Data(), binary.LittleEndian, numbers))
		return numbers
	}
	w1, b1, w2, b2 := weight("w1", 4), weight("b1", 2), weight("w2", 2), weight("b2", 1)
	outputs := make([]float64, rows.Rows())
	for i := range outputs {
		x, z := rows.Row(i), b2[0]
		for k := range 2 {
			a := b1[k]
			for j := range 2 {
				a += w1[2*k+j] * (x[j] - mean[j]) / scale[j]
			}
			if a < 0 {
				a = 0.5 * math.Expm1(a)
			}
			z += w2[k] * a
		}
		outputs[i] = z
	}
	return outputs
}

// So it is with testdata/version1-target.safetensors, a regression whose targets are
// scaled: its text has the numbers that are written out here.
func TestFileWithScaledTargets(t *testing.T) {
	file := must(os.ReadFile("testdata/version1-target.safetensors"))
	m := must(models.Load(bytes.NewReader(file)))
	writtenAs(t, m, houses(1, 0), "testdata/version2-target.safetensors")
	mean, scale := [2]float64{97.35766243771205, 18.676562154664925}, [2]float64{31.383531096094465, 11.353906664490781}
	const targetMean, targetScale = 196273.08890229024, 63563.31001065673
	rows := houses(1, 0)
	outputs := outputsByHand(file, rows, mean, scale)
	for i, y := range must(m.Predict(rows)) {
		near(t, "a price", y, outputs[i]*targetScale+targetMean, 1e-14*math.Abs(y)+1e-9)
	}
	if m := m.(*models.Deep); m.NoScaleTarget || !m.Standardize {
		t.Errorf("%+v", m)
	}
}

// testdata/version2-formula.safetensors is a formula of one's own, as version 2 has it, after two
// epochs. For rows of who, and of what, of which a running mean is taken away, it has a layer
// h = tanh(w1·x + b1), with dropout; the class σ(w2·h + b2); two sizes 2·w3·h, moved by a parameter
// that no training moves and by a constant; and two tags σ(w4·h + b4). It is read for ever, too.
func TestFileOfAFormula(t *testing.T) {
	file := must(os.ReadFile("testdata/version2-formula.safetensors"))
	rows := rated("new", "who", "a", "h", "b", "w", "old")
	m := must(models.Load(bytes.NewReader(file)))
	if !bytes.Equal(saved(t, m), file) {
		t.Error("it is written in another way")
	}
	st := must(independent.Deserialize(file))
	read := func(name string) []float64 {
		v, ok := st.Tensor(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		numbers := make([]float64, len(v.Data())/8)
		must(binary.Decode(v.Data(), binary.LittleEndian, numbers))
		return numbers
	}
	w1, b1, w2, b2, w3, w4, b4 := read("w1"), read("b1"), read("w2"), read("b2"), read("w3"), read("w4"), read("b4")
	mean, frozen, offset := read("mean"), read("frozen"), read("constant.33")
	times := func(w []float64, i int, x []float64) (y float64) {
		for k, v := range x {
			y += w[i*len(x)+k] * v
		}
		return y
	}
	sigmoid := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	p := must(m.Predictions(rows))
	for i := range rows.Rows() {
		x := rows.Row(i)
		in, h := []float64{x[1], x[2] - mean[0], x[4] - mean[1]}, make([]float64, 3)
		for k := range h {
			h[k] = math.Tanh(times(w1, k, in) + b1[k])
		}
		near(t, "the class", p.Outputs["kind"].Values[i][0], sigmoid(times(w2, 0, h)+b2[0]), 1e-14)
		for k := range 2 {
			near(t, "a size", p.Outputs["size"].Values[i][k], offset[k]+frozen[k]+2*times(w3, k, h), 1e-13)
			near(t, "a tag", p.Outputs["tags"].Values[i][k], sigmoid(times(w4, k, h)+b4[k]), 1e-14)
		}
	}
	if got := fmt.Sprint(m.Features(), m.Classes(), p.Outputs["tags"].Classes, must(m.Evaluate(rows)).Loss > 0); got != "[who a b] [no yes] [new old] true" {
		t.Error(got)
	}
}

// A checkpoint of version 1 is a model; its training cannot go on, and the error says what to
// do.
func TestCheckpointOfVersion1(t *testing.T) {
	f := must(safetensors.Read(bytes.NewReader(must(os.ReadFile("testdata/version1.safetensors")))))
	f.Metadata["training"] = `{"epoch":0,"slots":1,"steps":0,"kept":[],"settings":{},"history":{"Epochs":[]}}`
	f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "slot1.w1", Shape: []int{2, 2}, F64: make([]float64, 4)})
	file := saved(t, writer{f})
	rows := must(data.Moons(50, 0.3, 6))
	old := must(models.Load(bytes.NewReader(must(os.ReadFile("testdata/version1.safetensors")))))
	if m := must(models.Load(bytes.NewReader(file))); behaviour(t, m, rows) != behaviour(t, old, rows) {
		t.Error("it is another model")
	}
	if _, err := models.LoadSnapshot(bytes.NewReader(file)); !errors.Is(err, models.ErrFormat) || !strings.Contains(err.Error(), "Load reads its model") {
		t.Error(err)
	}
}
