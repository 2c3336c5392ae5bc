package models_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"

	independent "github.com/nlpodyssey/safetensors"
)

// headed is a file of the safetensors layout: the header and so many zeros.
func headed(header string, zeros int) []byte {
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(length, header...), make([]byte, zeros)...)
}

// A file of another program is ErrFormat if it is whole, whatever is in it, and
// ErrCorrupt if it is not.
func TestForeignFiles(t *testing.T) {
	const w, at = `"w1":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`, `"shape":[4],"data_offsets":[0,8]`
	library, err := independent.Serialize(map[string]independent.TensorView{
		"embed": must(independent.NewTensorView(independent.BF16, []uint64{2, 2}, make([]byte, 8))),
	}, map[string]string{"format": "pt"})
	check(t, err)
	for name, file := range map[string][]byte{
		"empty":                     headed(`{}`, 0),
		"of nlpodyssey/safetensors": library,
		"float32":                   headed(`{`+w+`}`, 8),
		"half precision":            headed(`{"w1":{"dtype":"F16",`+at+`}}`, 8),
		"of PyTorch":                headed(`{"__metadata__":{"format":"pt"},`+w+`}`, 8),
		"with a version":            headed(`{"__metadata__":{"version":"1"},`+w+`}`, 8),
		"with a model":              headed(`{"__metadata__":{"model":"resnet"},`+w+`}`, 8),
		"with a digest of its own":  headed(`{"__metadata__":{"sha256":"`+strings.Repeat("0", 64)+`"},`+w+`}`, 8),
		"with another digest":       headed(`{"__metadata__":{"sha256":"of the data"},`+w+`}`, 8),
	} {
		if m, err := models.Load(bytes.NewReader(file)); !errors.Is(err, models.ErrFormat) || errors.Is(err, models.ErrCorrupt) {
			t.Errorf("%s: %v, %v", name, m, err)
		}
		if _, err := models.LoadSnapshot(bytes.NewReader(file)); !errors.Is(err, models.ErrFormat) {
			t.Errorf("%s, as a snapshot: %v", name, err)
		}
		if m, err := models.Load(bytes.NewReader(file[:len(file)-1])); !errors.Is(err, models.ErrCorrupt) {
			t.Errorf("%s, a byte less: %v, %v", name, m, err)
		}
	}
	for name, file := range map[string]string{
		"ours, without its digest": `{"__metadata__":{"model":"{}","version":"1"},` + w + `}`,
		"ours, of another digest":  `{"__metadata__":{"model":"{}","sha256":"` + strings.Repeat("0", 64) + `","version":"1"},` + w + `}`,
	} {
		if m, err := models.Load(bytes.NewReader(headed(file, 8))); !errors.Is(err, models.ErrCorrupt) {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
}

// Notes are in the file, where other readers find them too, come back, belong to
// a fit, and are not needed.
func TestNotes(t *testing.T) {
	const text = "Irises, 1936.\n<not> for \"medicine\" ζ\x00"
	m := &models.Logistic{}
	if err := m.SetNotes(text); !errors.Is(err, models.ErrNotFitted) {
		t.Errorf("before Fit: %v", err)
	}
	if c := m.Card(); c.Features != nil || c.Classes != nil || c.Notes != "" {
		t.Errorf("before Fit: %+v", c)
	}
	must(m.Fit(t.Context(), data.Iris(), models.FitOptions{}))
	without := saved(t, m)
	check(t, m.SetNotes(text))
	if err := m.SetNotes("\xff"); !errors.Is(err, models.ErrNotSavable) {
		t.Errorf("not UTF-8: %v", err)
	}
	with := saved(t, m)
	_, header, err := independent.ReadMetadata(with)
	check(t, err)
	if got := header.Metadata()["notes"]; got != text {
		t.Errorf("another reader finds %q", got)
	}
	loaded := must(models.Load(bytes.NewReader(with)))
	c := loaded.Card()
	if c.Notes != text || len(c.Features) != 4 || len(c.Classes) != 3 {
		t.Errorf("loaded: %+v", c)
	}
	if !bytes.Equal(saved(t, loaded), with) {
		t.Error("saved again it has other bytes")
	}
	check(t, loaded.SetNotes(""))
	if !bytes.Equal(saved(t, loaded), without) {
		t.Error("without notes it is another file")
	}
	must(m.Fit(t.Context(), data.Iris(), models.FitOptions{}))
	if n := m.Card().Notes; n != "" {
		t.Errorf("after another Fit: %q", n)
	}
}
