package examples_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adjoint/serve"
	"adjoint/store"
)

// A training that was stopped, and goes on in another process, ends with the bits of one that
// never stopped: the model, the ONNX file and the report of it are the same.
func TestTowersGoOn(t *testing.T) {
	folder := t.TempDir()
	at := func(file string) string { return filepath.Join(folder, file) }
	whole := outputs(t, command(t, "towers", "-epochs", "12", "-checkpoint", at("a"), "-save", at("whole"), "-onnx", at("whole.onnx"), "-report", at("whole.html")), true)
	outputs(t, command(t, "towers", "-epochs", "5", "-checkpoint", at("b")), true)
	parts := outputs(t, command(t, "towers", "-epochs", "12", "-checkpoint", at("b"), "-save", at("parts")), true)
	loaded := outputs(t, command(t, "towers", "-load", at("parts"), "-save", at("again"), "-onnx", at("again.onnx")), true)
	for _, pair := range [][2]string{{"whole", "parts"}, {"whole", "again"}, {"whole.onnx", "again.onnx"}} {
		if a, b := read(t, at(pair[0])), read(t, at(pair[1])); a == "" || a != b {
			t.Errorf("%s and %s differ", pair[0], pair[1])
		}
	}
	accuracy := heldOut.FindString(whole)
	if accuracy == "" || heldOut.FindString(parts) != accuracy || heldOut.FindString(loaded) != accuracy {
		t.Errorf("%q, %q and %q", accuracy, heldOut.FindString(parts), heldOut.FindString(loaded))
	}
	if !strings.Contains(whole, "epoch 12/12") || strings.Contains(parts, "epoch  5/12") || !strings.Contains(parts, "epoch  6/12") {
		t.Errorf("the second one does not go on:\n%s", parts)
	}
	page := read(t, at("whole.html"))
	for _, s := range []string{"Loss of each epoch", "likes: Accuracy", "stars: R²", "user (1, N), film (4, N)", "EarlyStopping"} {
		if !strings.Contains(page, s) {
			t.Errorf("the report has no %q", s)
		}
	}
}

// The model is served: columns and outputs have their names.
func TestTowersAreServed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "towers")
	outputs(t, command(t, "towers", "-epochs", "2", "-save", path), true)
	m, err := store.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(serve.Handler(m, serve.Options{}))
	defer server.Close()
	body := `{"row": {"user": 3, "action": 0.5, "humour": -1, "length": 0, "year": 2}}`
	r, err := http.Post(server.URL+"/predict", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var answer struct {
		Predictions []struct {
			Likes struct{ Class string }
			Stars struct{ Value float64 }
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", r.Status, err)
	}
	if p := answer.Predictions; len(p) != 1 || p[0].Likes.Class != "yes" && p[0].Likes.Class != "no" || p[0].Stars.Value == 0 {
		t.Errorf("%+v", p)
	}
}

// The example is what can be read at a sitting.
func TestTowersAreShort(t *testing.T) {
	text, err := os.ReadFile("towers/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n > 60 {
		t.Errorf("%d lines", n)
	}
}
