package models_test

import (
	"bytes"
	"errors"
	"io"
	"math"
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

func forgeries() []forgery {
	corrupt, format := models.ErrCorrupt, models.ErrFormat
	model := func(before, after string) func(*safetensors.File) { return text("model", before, after) }
	return []forgery{
		{"a later version", format, text("version", "1", "2")},
		{"no version", format, func(f *safetensors.File) { delete(f.Metadata, "version") }},
		{"no model", format, func(f *safetensors.File) { delete(f.Metadata, "model") }},
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
		{"many units", corrupt, model(`"units":2`, `"units":4611686018427387904`)},
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

// A file that says what cannot be is refused, though its digest is right: the
// error tells what is wrong, and the model stays as it was.
func TestForgeriesAreRefused(t *testing.T) {
	rows := must(data.Moons(10, 0.1, 3))
	m := small(t, rows)
	whole := saved(t, m)
	before := behaviour(t, m, rows)
	for _, c := range forgeries() {
		f := must(safetensors.Read(bytes.NewReader(whole)))
		c.do(f)
		var b bytes.Buffer
		check(t, f.Write(&b))
		if err := m.Load(&b); !errors.Is(err, c.want) || len(err.Error()) > 500 {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if behaviour(t, m, rows) != before {
		t.Error("the model has changed")
	}
	f := must(safetensors.Read(bytes.NewReader(whole)))
	var b bytes.Buffer
	check(t, f.Write(&b))
	check(t, m.Load(&b)) // with nothing changed
}

// What a description claims costs nothing unless the weights are there.
func TestLoadBoundsItsMemory(t *testing.T) {
	whole := saved(t, small(t, must(data.Moons(10, 0.1, 3))))
	for _, do := range []func(*safetensors.File){
		text("model", `"units":2`, `"units":1000000`),
		text("model", `"layers":[`, `"layers":[`+strings.Repeat(`{"kind":"dropout","rate":0.1},`, 1000)),
		text("model", `"classes":[`, `"classes":[`+strings.Repeat(`"",`, 10_000)),
	} {
		f := must(safetensors.Read(bytes.NewReader(whole)))
		do(f)
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
	f.Add(whole, "", "")
	file := must(safetensors.Read(bytes.NewReader(whole)))
	f.Add(whole, file.Metadata["model"], "")
	f.Add(whole, strings.ReplaceAll(file.Metadata["model"], "elu", "softmax"), `{"epoch":0}`)
	f.Fuzz(func(t *testing.T, whole []byte, model, training string) {
		use := func(r io.Reader) {
			m, err := models.Load(r)
			if err != nil {
				return
			}
			if _, err := m.PredictProba(rows); err != nil && !errors.Is(err, data.ErrFeatures) && !errors.Is(err, data.ErrNotFinite) {
				t.Fatal(err)
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
			var b bytes.Buffer
			if f.Write(&b) != nil {
				return
			}
			use(bytes.NewReader(b.Bytes()))
			_, _ = models.LoadSnapshot(&b)
		})
		if n > min(memtest.Most, uint64(8<<20+1000*(len(whole)+len(model)+len(training)))) {
			t.Fatalf("%d bytes allocated for %d", n, len(whole)+len(model)+len(training))
		}
		memtest.CheckProcess(t)
	})
}
