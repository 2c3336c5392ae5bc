package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/ops"
	"adjoint/prepare"

	"gorgonia.org/tensor"
)

// model writes y = softmax(wx) of three features, with examples as columns, and returns its
// path.
func model(t *testing.T) string {
	t.Helper()
	g := graph.NewOf(tensor.Float32)
	x := g.Input("x", 3, graph.Batch)
	w := g.Param("w", tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{1, 0, -1, 0, 1, 0})))
	var file bytes.Buffer
	if err := onnx.Write(&file, onnx.Options{}, ops.Softmax(ops.MatMul(w, x), 0).Named("y")); err != nil {
		t.Fatal(err)
	}
	return write(t, "model.onnx", file.String())
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// adjoint runs a command line, and wants an exit status and words in what it says.
func adjoint(t *testing.T, status int, words []string, args ...string) string {
	t.Helper()
	var out, log bytes.Buffer
	if got := run(context.Background(), args, &out, &log); got != status {
		t.Errorf("%q exits with %d, want %d:\n%s%s", args, got, status, &out, &log)
	}
	text := out.String() + log.String()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q does not say %q:\n%s", args, w, text)
		}
	}
	return out.String()
}

func TestCommands(t *testing.T) {
	m, x := model(t), write(t, "x.json", "[[1, 2], [0, 0], [1, 0]]")
	adjoint(t, 0, []string{"input", "float32 (3, N)", "w", "6 numbers", "MatMul", "kernels", graph.Kernels()}, "inspect", m)
	adjoint(t, 0, []string{"run", "check", "serve"}, "--help")
	adjoint(t, 0, []string{"-batch", "usage: adjoint run"}, "run", "-h")
	adjoint(t, 2, []string{"no command"}, "fly")
	adjoint(t, 2, nil)
	adjoint(t, 2, []string{"want 1 at least"}, "run")
	adjoint(t, 2, []string{"no output \"z\""}, "run", m, x, "-output", "z")
	adjoint(t, 1, []string{"no such file"}, "run", "missing.onnx", x)
	adjoint(t, 1, []string{"was not fed"}, "run", m)
	adjoint(t, 1, []string{"no input \"z\""}, "run", m, "z="+x)
	adjoint(t, 0, []string{"Relu", "NonZero"}, "operators")
	adjoint(t, 0, []string{"softmax"}, "draw", m)
	adjoint(t, 0, []string{"w", "(2, 3)"}, "grad", m, x)

	var y struct{ Y [][]float64 }
	if err := json.Unmarshal([]byte(adjoint(t, 0, nil, "run", m, x)), &y); err != nil {
		t.Fatal(err)
	}
	if len(y.Y) != 2 || y.Y[0][0] != 0.5 || y.Y[0][1] < 0.88 || y.Y[0][1] > 0.8809 { // 1/(1+e⁻²)
		t.Errorf("y = %v", y.Y)
	}
}

// What run writes is what check finds, in every kind of file.
func TestFiles(t *testing.T) {
	m, x := model(t), write(t, "x.csv", "a,b\n1,2\n0,0\n1,0\n")
	for _, kind := range []string{".npy", ".npz", ".csv", ".json"} {
		path := filepath.Join(t.TempDir(), "y"+kind)
		adjoint(t, 0, nil, "run", m, x, "-out", path)
		adjoint(t, 0, []string{"y: equal"}, "check", m, x, "-want", path)
		other := write(t, "x.json", "[[1, 2], [0, 0], [2, 0]]")
		adjoint(t, 1, []string{"y: DIFFERS", "outputs differ"}, "check", m, other, "-want", path)
	}
	adjoint(t, 2, []string{"-want is missing"}, "check", m, x)
	adjoint(t, 1, []string{"row 3, column 1", `"1_0": invalid syntax`}, "run", m, write(t, "x.csv", "a,b\n1,2\n1_0,0\n1,0\n"))
	adjoint(t, 2, []string{"want .npy"}, "run", m, x, "-out", filepath.Join(t.TempDir(), "y.txt"))

	again := filepath.Join(t.TempDir(), "again.onnx")
	adjoint(t, 0, nil, "convert", m, again)
	path := filepath.Join(t.TempDir(), "y.npz")
	adjoint(t, 0, nil, "run", again, x, "-out", path)
	adjoint(t, 0, []string{"equal, apart by 0"}, "check", m, x, "-want", path)
}

func TestServe(t *testing.T) {
	f, err := onnx.ReadFile(model(t), onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := newHandler(f, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/predict", `{"x": [[1], [0], [1]]}`, http.StatusOK, `{"y":[[0.5],[0.5]]}`},
		{"POST", "/predict", `{"x": [[1], [0]]}`, http.StatusUnprocessableEntity, "input \"x\""},
		{"POST", "/predict", `{"x": [[1], 0]}`, http.StatusBadRequest, "depth"},
		{"POST", "/predict", strings.Repeat(" ", 2000), http.StatusBadRequest, "too large"},
		{"GET", "/model", "", http.StatusOK, `{"name":"x","type":"float32","shape":["3","N"]}`},
		{"GET", "/predict", "", http.StatusMethodNotAllowed, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s %.30s: %d %s", c.method, c.path, c.body, w.Code, w.Body)
		}
	}
}

// A model of texts takes texts, and one that it has not seen.
func TestTexts(t *testing.T) {
	d, err := data.ReadCSV(strings.NewReader("a,y\nu,0\nu,0\nv,1\nv,1\nu,0\nv,1\n"), data.CSV{Header: data.HasHeader, Task: data.Classification})
	if err != nil {
		t.Fatal(err)
	}
	m := &models.Logistic{Prepare: &prepare.Columns{}, Penalty: models.L2, Lambda: 0.1}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := onnx.WriteModel(&file, m, onnx.ModelOptions{}); err != nil {
		t.Fatal(err)
	}
	path := write(t, "model.onnx", file.String())
	var p map[string][][]float64
	out := adjoint(t, 0, nil, "run", path, write(t, "a.json", `{"a": [["u"], ["v"], ["new"]]}`))
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, list := range p {
		if len(list) != 3 || !(list[0][0] < 0.5 && list[1][0] > 0.5) {
			t.Errorf("probabilities %v", list)
		}
	}
	adjoint(t, 1, []string{"want"}, "run", path, write(t, "b.json", `{"a": [[1], [2]]}`))
	adjoint(t, 1, []string{"numbers, or texts"}, "run", path, write(t, "c.json", `{"a": [["u"], [2]]}`))
}
