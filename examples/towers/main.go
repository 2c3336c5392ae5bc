// Towers is a formula of one's own, trained as any model: who somebody is, by an embedding,
// and what a film is like meet in a network with a skip connection and dropout, which says
// at once whether the one likes the other, a class, and how many stars he gives, a number.
// -checkpoint goes on where it was stopped, to the same bits; -save, -load, -onnx and -report
// keep and show what came of it, and ../serve serves it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/progress"
	"adjoint/store"
)

func main() {
	files, epochs := example.FileFlags(), flag.Int("epochs", 60, "the number of epochs")
	checkpoint := flag.String("checkpoint", "", "keep the training in this file, and go on from it if it is there")
	flag.Parse()
	d := example.Ratings(40, 3000)
	train, test, err := d.Split(data.SplitOptions{Test: 0.2, Seed: 1})
	example.Check(err)

	g := graph.New()
	leaf := func(name string, n int) *graph.Node { return g.Input(name, n, graph.Batch) }
	user, film, liked, stars := leaf("user", 1), leaf("film", 4), leaf("liked", 1), leaf("stars", 1)
	b := models.NewBuilder(g, 1)
	taste := ops.Gather(b.Param("taste", models.Normal(0.1), 8, 40), 1, ops.Index(user, 0, 0))
	h := models.Dense{Units: 32, Activation: models.ReLU}.Apply(b, ops.Concat(0, taste, film))
	h = ops.Dropout(ops.Add(h, models.Dense{Units: 32, Activation: models.ReLU}.Apply(b, h)), 0.1)
	likes := models.Dense{Units: 1, Activation: models.Sigmoid}.Apply(b, h)
	gives := models.Dense{Units: 1}.Apply(b, h)
	loss, miss := ops.LogLoss(likes, liked), ops.SquaredError(gives, stars)
	m := example.Must(models.New(models.Roles{
		Inputs: []*graph.Node{user, film}, Targets: []*graph.Node{liked, stars}, Loss: ops.Add(loss, miss),
		Outputs: []models.Output{{Name: "likes", P: likes, Target: liked, Loss: loss}, {Name: "stars", P: gives, Target: stars, Loss: miss}},
		Columns: map[string][]string{"film": {"action", "humour", "length", "year"}},
	}))

	o := models.FitOptions{Epochs: *epochs, ValidationSplit: 0.2, Progress: progress.Bar(os.Stdout)}
	o.Callbacks = []models.Callback{&models.EarlyStopping{Patience: 10, RestoreBest: true}}
	if *checkpoint != "" {
		o.Callbacks = append(o.Callbacks, &store.Checkpoint{Path: *checkpoint})
		if s, err := store.LoadSnapshot(*checkpoint); err == nil {
			o.Resume = s
		}
	}
	trained, history := files.Fit(context.Background(), m, train, o)
	scores := example.Must(trained.Evaluate(test))
	fmt.Print(scores)
	files.Write("Towers", trained, history, test)
	fmt.Printf("held-out accuracy %.4f\n", scores.Accuracy)
}
