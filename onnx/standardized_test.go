package onnx_test

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// seconds is a model of float32 that standardises: its times have no neighbours within 128 s in float32.
func seconds() toy {
	m := toyOf(matrix32(1, 2, 1, 2), ops.Sigmoid, "a", "b")
	m.scaler.Mean, m.scaler.Scale = []float64{1.7e9, 20}, []float64{3, 0.5}
	return m
}

// What seconds predicts of rows, computed here.
func predicted(rows []float64) []float64 {
	var p []float64
	for i := 0; i < len(rows); i += 2 {
		z := float32((rows[i]-1.7e9)/3) + 2*float32((rows[i+1]-20)/0.5)
		p = append(p, 1/(1+math.Exp(-float64(z))))
	}
	return p
}

// An input that a float32 file standardises in float64 is standardised so while it is fed: the formula is of
// float32, and has no parameters but the model's. So is that of the file written again, and of one of columns.
func TestStandardizedInput(t *testing.T) {
	rows := []float64{1.7e9 + 1, 20, 1.7e9 + 2, 20.25, 1.7e9 - 5, 21}
	for _, columns := range []bool{false, true} {
		var file, again bytes.Buffer
		if err := onnx.WriteModel(&file, seconds(), onnx.ModelOptions{Columns: columns}); err != nil {
			t.Fatal(err)
		}
		first, err := onnx.Read(&file, onnx.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Write(&again); err != nil {
			t.Fatal(err)
		}
		second, err := onnx.Read(&again, onnx.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range []*onnx.File{first, second} {
			x := f.Inputs[0]
			if f.Graph.Dtype() != tensor.Float32 || x.Type != "float64" || x.Scaler == nil || len(f.Params) != 1 {
				t.Fatalf("a formula of %v of x of %s with the scaler %v and %d parameters", f.Graph.Dtype(), x.Type, x.Scaler, len(f.Params))
			}
			in := onnx.Array{Dims: []int{3, 2}, Data: rows}
			if columns || i == 1 {
				in = onnx.Array{Dims: []int{2, 3}, Data: []float64{rows[0], rows[2], rows[4], rows[1], rows[3], rows[5]}}
			}
			s, err := f.Session()
			if err != nil {
				t.Fatal(err)
			}
			out, err := s.Run(map[string]onnx.Array{"x": in})
			if err != nil {
				t.Fatal(err)
			}
			for j, want := range predicted(rows) {
				if got := floatsOf(out[0])[j]; !(math.Abs(got-want) < 1e-6) {
					t.Errorf("columns=%v, written %d times: row %d is %v, want %v", columns, i+1, j, got, want)
				}
			}
			if _, err := s.Run(map[string]onnx.Array{"x": {Dims: []int{3, 5}, Data: make([]float64, 15)}}); err == nil {
				t.Error("five features are taken for two")
			}
		}
	}
}

// Where a file reads its input elsewhere too, or does other things to it, nothing is taken away from it.
func TestNotStandardized(t *testing.T) {
	rows := []float64{1.7e9 + 1, 20, 1.7e9 + 2, 20.25}
	for name, change := range map[string]func(m *proto.Model){
		"x is an output": func(m *proto.Model) { m.Graph.Outputs = append(m.Graph.Outputs, m.Graph.Inputs[0]) },
		"not rounded": func(m *proto.Model) {
			for i, n := range m.Graph.Nodes {
				if n.Op == "Cast" {
					m.Graph.Nodes[i].Attributes[0].Value = int64(proto.Float64)
				}
			}
			for i := range m.Graph.Initializers {
				if w := &m.Graph.Initializers[i]; w.Element == proto.Float32 {
					v, _ := w.Floats()
					*w = proto.Tensor{Name: w.Name, Element: proto.Float64, Dims: w.Dims, Raw: raw64(v...)}
				}
			}
		},
		"a scale of zero": func(m *proto.Model) {
			for i, w := range m.Graph.Initializers {
				if w.Name == "scale" {
					m.Graph.Initializers[i].Raw = raw64(0, 1)
				}
			}
		},
	} {
		var file bytes.Buffer
		if err := onnx.WriteModel(&file, seconds(), onnx.ModelOptions{}); err != nil {
			t.Fatal(err)
		}
		m, err := proto.Decode(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		change(m)
		f, err := onnx.Read(bytes.NewReader(m.Encode()), onnx.ReadOptions{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if front := name == "a scale of zero"; f.Inputs[0].Scaler != nil || front != (f.Front != nil) || front != (f.Graph.Dtype() == tensor.Float32) {
			t.Errorf("%s: a formula of %v, scaler %v, front %v", name, f.Graph.Dtype(), f.Inputs[0].Scaler, f.Front)
		}
		if name == "not rounded" && len(f.Params) != 1 {
			t.Errorf("a training would move %v, want the weights alone", f.Params)
		}
		s, err := f.Session()
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Run(map[string]onnx.Array{"x": {Dims: []int{2, 2}, Data: rows}})
		if err != nil {
			t.Fatal(err)
		}
		for j, want := range predicted(rows) {
			if got := floatsOf(out[0])[j]; name != "a scale of zero" && !(math.Abs(got-want) < 1e-6) {
				t.Errorf("%s: row %d is %v, want %v", name, j, got, want)
			}
		}
	}
}

// raw64 are numbers as a file has them.
func raw64(v ...float64) []byte {
	var raw []byte
	for _, v := range v {
		for i := range 8 {
			raw = append(raw, byte(math.Float64bits(v)>>(8*i)))
		}
	}
	return raw
}

// What is read of a float32 model that standardises, and trained further, keeps its scaler.
func TestStandardizedFit(t *testing.T) {
	d := data.BreastCancer()
	m := &models.Deep{Layers: layers, Float32: true, Standardize: true}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 1}); err != nil {
		t.Fatal(err)
	}
	f, _ := reread(t, m)
	r := f.Roles()
	y := f.Graph.Input("y", 1, graph.Batch)
	r.Targets, r.Loss = []*graph.Node{y}, ops.LogLoss(r.Outputs[0].P, y)
	further, err := models.New(r)
	if err != nil {
		t.Fatal(err)
	}
	before, err := further.Evaluate(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := further.Fit(context.Background(), d, models.FitOptions{Epochs: 3}); err != nil {
		t.Fatal(err)
	}
	after, err := further.Evaluate(d)
	if err != nil || !(after.Loss < before.Loss) {
		t.Errorf("the loss is %v after %v, %v", after.Loss, before.Loss, err)
	}
	if got, want := further.Scaler(), m.Scaler(); !slices.Equal(got.Mean, want.Mean) || !slices.Equal(got.Scale, want.Scale) || !slices.Equal(got.Features, want.Features) {
		t.Errorf("scaler %v, want %v", got, want)
	}
	_, again := reread(t, further)
	samePredictions(t, again, further, d)
}
