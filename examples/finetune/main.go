// Finetune takes a network that PyTorch trained to tell the digits 0 to 4, and teaches it all
// ten: its layers are frozen, its head is replaced by one of ten classes and fitted. The network
// is in the program, which needs no other file: see Dockerfile.
//
//	go run ./examples/finetune -onnx ten.onnx
package main

import (
	"bytes"
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/ops"
	"adjoint/optim"
	"adjoint/progress"
)

//go:embed digits.onnx
var network []byte // of digits.py

func main() {
	files, epochs := example.FileFlags(), flag.Int("epochs", 40, "the number of epochs")
	all := flag.Bool("all", false, "move the layers that PyTorch trained too")
	flag.Parse()
	train, test, err := data.Digits().Split(data.SplitOptions{Test: 0.3, Stratify: true, Seed: 1})
	example.Check(err)

	f := example.Must(onnx.Read(bytes.NewReader(network), onnx.ReadOptions{}))
	roles, features := f.Roles(), f.Outputs[0].Node
	digit := f.Graph.Input("digit", 10, graph.Batch)
	b := models.NewBuilder(f.Graph, 1)
	z := ops.Bias(b.Param("head.b", models.Zeros, 10, 1), ops.MatMul(b.Param("head.w", nil, 10, 32), features))
	p, loss := ops.Softmax(z, 0), ops.CrossEntropyFromLogits(z, digit)
	roles.Targets, roles.Loss = []*graph.Node{digit}, loss
	roles.Outputs = []models.Output{{Name: "digit", P: p, Kind: models.Categorical}}
	roles.Params = moving(p, *all)
	m := example.Must(models.New(roles))

	o := models.FitOptions{Epochs: *epochs, Rule: optim.Adam{Rate: 0.01}, Progress: progress.Bar(os.Stdout)}
	trained, history := files.Fit(context.Background(), m, train, o)
	scores := example.Must(trained.Evaluate(test))
	files.Write("Digits", trained, history, test)
	fmt.Printf("held-out accuracy %.4f\n", scores.Accuracy)
}

// moving are the parameters of the head, or of all layers.
func moving(p *graph.Node, all bool) []*graph.Node {
	var list []*graph.Node
	for _, n := range graph.Params(p) {
		if all || n.Name() == "head.w" || n.Name() == "head.b" {
			list = append(list, n)
		}
	}
	return list
}
