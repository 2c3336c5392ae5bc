package models_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/internal/memtest"
	"adjoint/internal/safetensors"
	"adjoint/models"
)

// A forgery is a change of a file that was saved, sealed anew.
type forgery struct {
	name string
	want error
	do   func(f *safetensors.File)
}

// text replaces a part of a metadata entry, which must be there.
func text(key, before, after string) func(*safetensors.File) {
	return func(f *safetensors.File) {
		if !strings.Contains(f.Metadata[key], before) {
			panic(before + " is not in " + f.Metadata[key])
		}
		f.Metadata[key] = strings.Replace(f.Metadata[key], before, after, 1)
	}
}

// between replaces what stands between two texts, after a key of the model.
func between(key, from, to, with string) func(*safetensors.File) {
	return func(f *safetensors.File) {
		before, rest, ok := strings.Cut(f.Metadata["model"], `"`+key+`":`+from)
		_, after, found := strings.Cut(rest, to)
		if !ok || !found {
			panic(key + " is not in " + f.Metadata["model"])
		}
		f.Metadata["model"] = before + `"` + key + `":` + from + with + to + after
	}
}

// changed changes the tensor of a name.
func changed(name string, do func(t *safetensors.Tensor)) func(*safetensors.File) {
	return func(f *safetensors.File) {
		for i := range f.Tensors {
			if f.Tensors[i].Name == name {
				do(&f.Tensors[i])
				return
			}
		}
		panic(name)
	}
}

// forgeriesOfVersion1 are forgeries of testdata/version1.safetensors.
func forgeriesOfVersion1() []forgery {
	corrupt, format := models.ErrCorrupt, models.ErrFormat
	model := func(before, after string) func(*safetensors.File) { return text("model", before, after) }
	return []forgery{
		{"a later version", format, text("version", "1", "3")},
		{"another kind", format, model(`"kind":"deep"`, `"kind":"forest"`)},
		{"no solver", format, model(`"kind":"deep"`, `"kind":"logistic"`)},
		{"another activation", format, model(`"elu"`, `"swoosh"`)},
		{"another loss", format, model(`"log_loss"`, `"loss"`)},
		{"another layer", format, model(`"dense"`, `"conv"`)},
		{"another penalty", format, model(`"none"`, `"L7"`)},
		{"another float type", format, model(`"float64"`, `"bfloat16"`)},
		{"an unknown field", format, model(`"rows"`, `"columns":1,"rows"`)},
		{"no JSON", format, model(`{`, `[`)},
		{"more JSON", format, func(f *safetensors.File) { f.Metadata["model"] += "{}" }},
		{"deep JSON", format, model(`"none"`, strings.Repeat("[", 100_000))},
		{"a number for a text", format, model(`"none"`, `1`)},
		{"a seed of 65 bits", format, model(`"seed":9`, `"seed":18446744073709551616`)},
		{"λ beyond floats", format, model(`"lambda":0`, `"lambda":1e999`)},
		{"λ below 0", corrupt, model(`"lambda":0`, `"lambda":-1`)},
		{"no rows", corrupt, model(`"rows":10`, `"rows":0`)},
		{"fewer units", corrupt, model(`"units":2`, `"units":1`)},
		{"many units", corrupt, model(`"units":2`, fmt.Sprintf(`"units":%d`, math.MaxInt/2+1))},
		{"negative units", corrupt, model(`"units":2`, `"units":-2`)},
		{"no activation", corrupt, model(`"activation":{"name":"elu","parameter":0.5}`, `"activation":null`)},
		{"an impossible activation", corrupt, model(`"elu","parameter":0.5`, `"leaky_relu","parameter":7`)},
		{"a loss that does not fit", corrupt, model(`"log_loss"`, `"cross_entropy"`)},
		{"an impossible loss", corrupt, model(`"log_loss"`, `"huber","parameter":-1`)},
		{"no classes", corrupt, model(`["outer","inner"]`, `["a","b","c"]`)},
		{"a feature more", corrupt, model(`"features":[`, `"features":["x",`)},
		{"two features of one name", corrupt, between("features", `[`, `]`, `"x0","x0"`)},
		{"two classes of one name", corrupt, model(`["outer","inner"]`, `["inner","inner"]`)},
		{"no layers", corrupt, between("layers", `[`, `],"loss"`, "")},
		{"dropout of all", corrupt, model(`"layers":[`, `"layers":[{"kind":"dropout","rate":1},`)},
		{"dropout below 0", corrupt, model(`"layers":[`, `"layers":[{"kind":"dropout","rate":-0.5},`)},
		{"a layer more", corrupt, model(`"layers":[`, `"layers":[{"kind":"dense","units":2,"activation":{"name":"elu"}},`)},
		{"no bias", corrupt, model(`"units":2,`, `"units":2,"no_bias":true,`)},
		{"no means", corrupt, between("mean", `[`, `]`, "")},
		{"scale of 0", corrupt, between("scale", `[`, `]`, "1,0")},
		{"scale below 0", corrupt, between("scale", `[`, `]`, "1,-2")},
		{"targets of classes are scaled", corrupt, model(`"layers":`, `"target":{"mean":1,"scale":2},"layers":`)},
		{"targets are divided by 0", corrupt, model(`"layers":`, `"target":{"mean":1,"scale":0},"layers":`)},
		{"targets are scaled by something", format, model(`"layers":`, `"target":{"mean":1,"scale":2,"power":3},"layers":`)},
	}
}

// forgeriesOfTensors are those of the weights w1, b1, w2 and b2.
func forgeriesOfTensors() []forgery {
	corrupt := models.ErrCorrupt
	return []forgery{
		{"no tensors", corrupt, func(f *safetensors.File) { f.Tensors = nil }},
		{"a tensor less", corrupt, func(f *safetensors.File) { f.Tensors = f.Tensors[1:] }},
		{"a tensor more", corrupt, func(f *safetensors.File) {
			f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "w3", Shape: []int{1, 1}, F64: []float64{1}})
		}},
		{"another name", corrupt, changed("w1", func(t *safetensors.Tensor) { t.Name = "W1" })},
		{"a vector", corrupt, changed("b1", func(t *safetensors.Tensor) { t.Shape = []int{2} })},
		{"a transpose", corrupt, changed("w2", func(t *safetensors.Tensor) { t.Shape = []int{2, 1} })},
		{"no numbers", corrupt, changed("b2", func(t *safetensors.Tensor) { t.Shape, t.F64 = []int{0, 1}, []float64{} })},
		{"single numbers", corrupt, changed("b2", func(t *safetensors.Tensor) { t.F32, t.F64 = []float32{1}, nil })},
		{"NaN", corrupt, changed("w1", func(t *safetensors.Tensor) { t.F64[1] = math.NaN() })},
		{"infinity", corrupt, changed("b1", func(t *safetensors.Tensor) { t.F64[0] = math.Inf(-1) })},
	}
}

// forgeries are those of a file of today.
func forgeries() []forgery {
	corrupt, format := models.ErrCorrupt, models.ErrFormat
	model := func(before, after string) func(*safetensors.File) { return text("model", before, after) }
	formula := func(before, after string) func(*safetensors.File) { return text("formula", before, after) }
	return []forgery{
		{"a later version", format, text("version", "2", "3")},
		{"version 1", format, text("version", "2", "1")},
		{"no version", format, func(f *safetensors.File) { delete(f.Metadata, "version") }},
		{"no model", format, func(f *safetensors.File) { delete(f.Metadata, "model") }},
		{"no formula", format, func(f *safetensors.File) { delete(f.Metadata, "formula") }},
		{"another kind", format, model(`"kind":"deep"`, `"kind":"forest"`)},
		{"a kind without solver", corrupt, model(`"kind":"deep"`, `"kind":"logistic"`)},
		{"a kind without layers", corrupt, model(`"kind":"deep"`, `"kind":"formula"`)},
		{"another solver", format, func(f *safetensors.File) {
			model(`"kind":"deep"`, `"kind":"logistic"`)(f)
			model(`"rows":10`, `"rows":10,"solver":"magic"`)(f)
		}},
		{"another penalty", format, model(`"none"`, `"L7"`)},
		{"λ below 0", corrupt, model(`"lambda":0`, `"lambda":-1`)},
		{"no rows", corrupt, model(`"rows":10`, `"rows":0`)},
		{"an unknown field", format, model(`"rows"`, `"columns":1,"rows"`)},
		{"no JSON", format, model(`{`, `[`)},
		{"more JSON", format, func(f *safetensors.File) { f.Metadata["model"] += "{}" }},
		{"deep JSON", format, model(`"none"`, strings.Repeat("[", 100_000))},
		{"a seed of 65 bits", format, model(`"seed":9`, `"seed":18446744073709551616`)},
		{"a layer less", corrupt, model(`,{"name":"Dense (sigmoid)","params":2}`, ``)},
		{"a layer more", corrupt, model(`"layers":[`, `"layers":[{"name":"Dense","params":0},`)},
		{"parameters of a layer", corrupt, model(`"params":2`, `"params":5`)},
		{"parameters below 0", corrupt, model(`"params":2`, `"params":-2`)},
		{"an init less", corrupt, model(`"he_normal",`, ``)},
		{"another init", format, model(`"he_normal"`, `"her_normal"`)},
		{"a penalty on nothing", corrupt, model(`"weights":[0,2]`, `"weights":[0,4]`)},
		{"targets are scaled", corrupt, model(`"rows":10`, `"rows":10,"target":{"mean":1,"scale":2}`)},
		{"targets are divided by 0", corrupt, model(`"rows":10`, `"rows":10,"target":{"mean":1,"scale":0}`)},
		{"another kind of output", format, model(`"binary"`, `"ternary"`)},
		{"an output of another kind", corrupt, model(`"binary"`, `"categorical"`)},
		{"an output less", corrupt, between("outputs", `[`, `],"scaler"`, "")},
		{"no target", corrupt, model(`"target":0`, `"target":1`)},
		{"no loss of an output", corrupt, formula(`"losses":[12],`, ``)},
		{"classes", corrupt, model(`["outer","inner"]`, `["a","b","c"]`)},
		{"two classes of one name", corrupt, model(`["outer","inner"]`, `["inner","inner"]`)},
		{"a feature more", corrupt, model(`"columns":[`, `"columns":["x",`)},
		{"two features of one name", corrupt, between("columns", `[`, `]`, `"x0","x0"`)},
		{"a label with columns", corrupt, model(`{"label":true}`, `{"label":true,"columns":["x0"]}`)},
		{"a label of classes", corrupt, model(`{"label":true}`, `{"label":true,"classes":3}`)},
		{"two labels", corrupt, model(`{"label":true}`, `{"label":true},{"label":true}`)},
		{"no means", corrupt, between("mean", `[`, `]`, "")},
		{"scale of 0", corrupt, between("scale", `[`, `]`, "1,0")},
		{"scale of other features", corrupt, model(`"features":["x0","x1"]`, `"features":["x1","x0"]`)},
		{"an op of nobody", format, formula(`"ELU"`, `"ELLU"`)},
		{"a slope", corrupt, formula(`{"float":0.5}`, `{"float":-0.5}`)},
		{"a cycle", corrupt, formula(`"in":[3,2]`, `"in":[3,4]`)},
		{"two losses", corrupt, formula(`"loss":[12]`, `"loss":[12,12]`)},
		{"another loss", corrupt, formula(`"loss":[12]`, `"loss":[13]`)},
		{"no output", corrupt, formula(`"outputs":[10]`, `"outputs":[]`)},
		{"another output", corrupt, formula(`"outputs":[10]`, `"outputs":[13]`)},
		{"an input for a parameter", corrupt, formula(`"params":[1,`, `"params":[0,`)},
		{"a parameter for an input", corrupt, formula(`"inputs":[0]`, `"inputs":[1]`)},
		{"no input", corrupt, formula(`"inputs":[0]`, `"inputs":[]`)},
		{"a role", format, formula(`"cost":[13]`, `"const":[13]`)},
		{"other formulas", corrupt, func(f *safetensors.File) { f.Metadata["formula"] += f.Metadata["formula"] }},
	}
}

// A file that says what cannot be is refused, though its digest is right: the
// error tells what is wrong, and the model stays as it was.
func TestForgeriesAreRefused(t *testing.T) {
	rows := must(data.Moons(10, 0.1, 3))
	m := small(t, rows)
	before := behaviour(t, m, rows)
	old := must(os.ReadFile("testdata/version1.safetensors"))
	for _, list := range []struct {
		whole     []byte
		forgeries []forgery
	}{
		{saved(t, m), append(forgeries(), forgeriesOfTensors()...)},
		{old, append(forgeriesOfVersion1(), forgeriesOfTensors()...)},
	} {
		for _, c := range list.forgeries {
			f := must(safetensors.Read(bytes.NewReader(list.whole)))
			c.do(f)
			var b bytes.Buffer
			check(t, f.Write(&b))
			if err := m.Load(&b); !errors.Is(err, c.want) || errors.Is(err, models.ErrFormat) && errors.Is(err, models.ErrCorrupt) || len(err.Error()) > 600 {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
	if behaviour(t, m, rows) != before {
		t.Error("the model has changed")
	}
	f := must(safetensors.Read(bytes.NewReader(saved(t, m))))
	var b bytes.Buffer
	check(t, f.Write(&b))
	check(t, m.Load(&b)) // with nothing changed
}

// What a description claims costs nothing unless the weights are there.
func TestLoadBoundsItsMemory(t *testing.T) {
	whole, old := saved(t, small(t, must(data.Moons(10, 0.1, 3)))), must(os.ReadFile("testdata/version1.safetensors"))
	own := must(os.ReadFile("testdata/version2-formula.safetensors"))
	for _, c := range []struct {
		whole []byte
		do    func(*safetensors.File)
	}{
		{old, text("model", `"units":2`, `"units":1000000`)},
		{old, text("model", `"layers":[`, `"layers":[`+strings.Repeat(`{"kind":"dropout","rate":0.1},`, 1000))},
		{old, text("model", `"classes":[`, `"classes":[`+strings.Repeat(`"",`, 10_000))},
		{whole, text("model", `"classes":[`, `"classes":[`+strings.Repeat(`"",`, 10_000))},
		{whole, text("model", `"layers":[`, `"layers":[`+strings.Repeat(`{"name":"","params":0},`, 10_000))},
		{whole, text("formula", `"nodes":14`, `"nodes":14000000000`)},
		{own, text("formula", `"shape":[2,"N"],"name":"what"`, `"shape":[2000000000,"N"],"name":"what"`)},
		{own, text("formula", `"kind":"state","shape":[2,1]`, `"kind":"state","shape":[2000000000,1]`)},
		{own, text("model", `"classes":["new","old"]`, `"classes":["new"`+strings.Repeat(`,"old"`, 10_000)+`]`)},
		{own, text("model", `"columns":{`, `"columns":{"who":["who"`+strings.Repeat(`,"who"`, 10_000)+`],`)},
	} {
		f := must(safetensors.Read(bytes.NewReader(c.whole)))
		c.do(f)
		var b bytes.Buffer
		check(t, f.Write(&b))
		size := b.Len()
		if n := memtest.Allocated(func() { _, _ = models.Load(&b) }); n > uint64(1<<20+100*size) {
			t.Errorf("%d bytes allocated for %d", n, size)
		}
	}
}

// Load returns an error or a model that can be used, for any file, also one with
// the right digest, and takes memory in proportion to it.
func FuzzLoad(f *testing.F) {
	rows := must(data.Moons(10, 0.1, 3))
	whole := saved(f, small(f, rows))
	f.Add(whole, "", "", "")
	file := must(safetensors.Read(bytes.NewReader(whole)))
	f.Add(whole, file.Metadata["model"], "", file.Metadata["formula"])
	f.Add(whole, strings.ReplaceAll(file.Metadata["model"], "binary", "numbers"), `{"epoch":0}`, strings.ReplaceAll(file.Metadata["formula"], "ELU", "StepExp"))
	old := must(os.ReadFile("testdata/version1.safetensors"))
	file = must(safetensors.Read(bytes.NewReader(old)))
	f.Add(old, strings.ReplaceAll(file.Metadata["model"], "elu", "softmax"), "", "")
	own, rated := must(os.ReadFile("testdata/version2-formula.safetensors")), rated("who", "a", "b", "w", "h", "new", "old")
	file = must(safetensors.Read(bytes.NewReader(own)))
	f.Add(own, "", "", "")
	f.Add(own, file.Metadata["model"], `{"epoch":0}`, strings.ReplaceAll(file.Metadata["formula"], "Tanh", "Phase"))
	f.Add(saved(f, normalised(f)), "", "", "")
	f.Add(saved(f, counters(f, nil)), "", "", "")
	f.Fuzz(func(t *testing.T, whole []byte, model, training, formula string) {
		use := func(r io.Reader) {
			m, err := models.Load(r)
			if err != nil {
				return
			}
			for _, rows := range []*data.Dataset{rows, rated} {
				if _, err := m.PredictProba(rows); err != nil && !errors.Is(err, data.ErrFeatures) && !errors.Is(err, data.ErrNotFinite) {
					t.Fatal(err)
				}
			}
			if err := m.Save(io.Discard); err != nil {
				t.Fatal(err)
			}
		}
		n := memtest.Allocated(func() {
			use(bytes.NewReader(whole))
			f, err := safetensors.Read(bytes.NewReader(whole))
			if err != nil {
				return
			}
			if model != "" {
				f.Metadata["model"] = model
			}
			if training != "" {
				f.Metadata["training"] = training
			}
			if formula != "" {
				f.Metadata["formula"] = formula
			}
			var b bytes.Buffer
			if f.Write(&b) != nil {
				return
			}
			use(bytes.NewReader(b.Bytes()))
			_, _ = models.LoadSnapshot(&b)
		})
		if n > min(memtest.Most, uint64(8<<20+1000*(len(whole)+len(model)+len(training)+len(formula)))) {
			t.Fatalf("%d bytes allocated for %d", n, len(whole)+len(model)+len(training)+len(formula))
		}
		memtest.CheckProcess(t)
	})
}
