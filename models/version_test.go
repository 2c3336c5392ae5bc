package models_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"testing"

	"adjoint/data"
	"adjoint/models"

	independent "github.com/nlpodyssey/safetensors"
)

// testdata/version1.safetensors was written when the format had version 1. It is
// not to be written again: a format that cannot read it, or writes another, needs
// a version of its own. What the model predicts is computed here by hand, from
// the numbers that a reader finds which nobody here wrote.
func TestFileOfVersion1(t *testing.T) {
	file := must(os.ReadFile("testdata/version1.safetensors"))
	m := must(models.Load(bytes.NewReader(file)))
	if !bytes.Equal(saved(t, m), file) {
		t.Error("it is written in another way now")
	}
	st := must(independent.Deserialize(file))
	weight := func(name string, n int) []float64 {
		v, _ := st.Tensor(name)
		numbers := make([]float64, n)
		must(binary.Decode(v.Data(), binary.LittleEndian, numbers))
		return numbers
	}
	w1, b1, w2, b2 := weight("w1", 4), weight("b1", 2), weight("w2", 2), weight("b2", 1)
	mean, scale := [2]float64{0.48343041490385563, 0.2494992872115554}, [2]float64{0.9772508501663075, 0.4127275659962777}
	rows := must(data.Moons(50, 0.3, 6))
	for i, p := range must(m.PredictProba(rows)) {
		x, z := rows.Row(i), b2[0]
		for k := range 2 {
			a := b1[k]
			for j := range 2 {
				a += w1[2*k+j] * (x[j] - mean[j]) / scale[j]
			}
			if a < 0 {
				a = 0.5 * math.Expm1(a) // ELU with α = ½
			}
			z += w2[k] * a
		}
		near(t, "P(y = 1|x)", p[0], 1/(1+math.Exp(-z)), 1e-14)
	}
}
