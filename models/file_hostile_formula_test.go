package models_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"adjoint/internal/safetensors"
	"adjoint/models"
)

// forgeriesOfFormula are those of testdata/version2-formula.safetensors.
func forgeriesOfFormula() []forgery {
	corrupt, format := models.ErrCorrupt, models.ErrFormat
	model := func(before, after string) func(*safetensors.File) { return text("model", before, after) }
	formula := func(before, after string) func(*safetensors.File) { return text("formula", before, after) }
	return []forgery{
		{"layers of a formula", corrupt, model(`"columns":{`, `"network":{},"columns":{`)},
		{"another kind of output", format, model(`"multilabel"`, `"multilabels"`)},
		{"one label of several", corrupt, model(`"kind":"multilabel"`, `"kind":"binary"`)},
		{"labels without names", corrupt, model(`"classes":["new","old"]`, `"classes":["new"]`)},
		{"two labels of one name", corrupt, model(`"classes":["new","old"]`, `"classes":["new","new"]`)},
		{"two outputs of one name", corrupt, model(`"name":"tags"`, `"name":"size"`)},
		{"an output without a name", corrupt, model(`"name":"tags"`, `"name":""`)},
		{"a target that is not there", corrupt, model(`"target":2`, `"target":3`)},
		{"a target before the first", corrupt, model(`"target":2`, `"target":-1`)},
		{"an input that nothing feeds", corrupt, model(`{"columns":["who"]},`, ``)},
		{"a column too many", corrupt, model(`{"columns":["who"]}`, `{"columns":["who","a"]}`)},
		{"two columns of one name", corrupt, model(`{"columns":["w","h"]}`, `{"columns":["w","w"]}`)},
		{"columns of nothing", corrupt, model(`"columns":{"size"`, `"columns":{"sizes"`)},
		{"a label for two numbers", corrupt, model(`{"columns":["w","h"]}`, `{"label":true}`)},
		{"a scaler of nothing", corrupt, model(`"columns":{`, `"scaler":{"features":["x"],"mean":[0],"scale":[1]},"columns":{`)},
		{"a state that is no parameter", corrupt, formula(`"params":[16`, `"params":[5,16`)},
		{"a state that becomes what is not there", corrupt, formula(`"becomes":10`, `"becomes":99`)},
		{"a state that becomes something larger", corrupt, formula(`"becomes":10`, `"becomes":13`)},
		{"a parameter twice", corrupt, formula(`"name":"frozen"`, `"name":"w1"`)},
		{"a loss for all", corrupt, formula(`"loss":[44]`, `"loss":[51]`)},
		{"a penalty for each", corrupt, formula(`"penalty":[51]`, `"penalty":[44]`)},
		{"a loss less", corrupt, formula(`"losses":[40,41]`, `"losses":[40]`)},
		{"a target that feeds a prediction", corrupt, formula(`"inputs":[0,1]`, `"inputs":[0,3]`)},
		{"a mask of another shape", corrupt, formula(`"kind":"random","shape":[3,"N"]`, `"kind":"random","shape":[3,"M"]`)},
		{"a phase that is an op of two", corrupt, formula(`"op":"Phase","in":[22,20]`, `"op":"Phase","in":[22]`)},
		{"no constant", corrupt, func(f *safetensors.File) { f.Tensors = without(f.Tensors, "constant.33") }},
		{"no state", corrupt, func(f *safetensors.File) { f.Tensors = without(f.Tensors, "mean") }},
		{"a state of two kinds", corrupt, changed("mean", func(t *safetensors.Tensor) { t.Shape = []int{1, 2} })},
	}
}

func without(list []safetensors.Tensor, name string) (rest []safetensors.Tensor) {
	for _, t := range list {
		if t.Name != name {
			rest = append(rest, t)
		}
	}
	return rest
}

// The file of a formula of one's own that says what cannot be is refused, as that of layers is.
func TestForgedFormulasAreRefused(t *testing.T) {
	own := must(os.ReadFile("testdata/version2-formula.safetensors"))
	for _, c := range forgeriesOfFormula() {
		f := must(safetensors.Read(bytes.NewReader(own)))
		c.do(f)
		var b bytes.Buffer
		check(t, f.Write(&b))
		if _, err := models.Load(&b); !errors.Is(err, c.want) || errors.Is(err, models.ErrFormat) && errors.Is(err, models.ErrCorrupt) || len(err.Error()) > 600 {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
