package onnx_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/ops"
)

// A cost and its gradient in one file, which takes batches of any size.
func ExampleWrite() {
	g := graph.New()
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	w := g.Param("w", matrix(1, 2, 3, 4))
	j := ops.Mean(ops.SquaredError(ops.MatMul(w, x), y)).Named("J")
	r := graph.Gradient(j, w)[0].Named("rJ")

	var file bytes.Buffer
	if err := onnx.Write(&file, onnx.Options{Name: "regression"}, j, r); err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.Len(), "bytes")
	// Output: 979 bytes
}

// A model in a file that takes rows of features as they were measured.
func ExampleWriteModel() {
	model := &models.Logistic{Standardize: true, Float32: true}
	if _, err := model.Fit(context.Background(), data.Wine(), models.FitOptions{}); err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := onnx.WriteModel(&file, model, onnx.ModelOptions{Name: "wine", Labels: true}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(bytes.Contains(file.Bytes(), []byte(`["alcohol","malic_acid",`)))
	// Output: true
}
