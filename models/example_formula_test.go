package models_test

import (
	"context"
	"fmt"
	"log"
	"math"
	"strings"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// A graph of one's own as a model: the length and the width of a flower in two inputs, its
// kind and its petal's width in two outputs.
func ExampleNew() {
	g := graph.New()
	sepal, petal := g.Input("sepal", 2, graph.Batch), g.Input("petal", 1, graph.Batch)
	kind, width := g.Input("kind", 3, graph.Batch), g.Input("width", 1, graph.Batch)
	b := models.NewBuilder(g, 1)
	h := models.Dense{Units: 8, Activation: models.Tanh}.Apply(b, ops.Concat(0, sepal, petal))
	p := models.Dense{Units: 3, Activation: models.Softmax}.Apply(b, h)
	w := models.Dense{Units: 1}.Apply(b, h)
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{sepal, petal}, Targets: []*graph.Node{kind, width},
		Outputs: []models.Output{{Name: "kind", P: p, Target: kind}, {Name: "width", P: w, Target: width}},
		Loss:    ops.Add(ops.CrossEntropy(p, kind), ops.SquaredError(w, width)),
		Columns: map[string][]string{
			"sepal": {"sepal_length_cm", "sepal_width_cm"}, "petal": {"petal_length_cm"}, "width": {"petal_width_cm"}, "kind": {"label"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := f.Fit(context.Background(), data.Iris(), models.FitOptions{Epochs: 60, Rule: optim.Adam{Rate: 0.02}}); err != nil {
		log.Fatal(err)
	}
	s, err := f.Evaluate(data.Iris())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("kind:", s.Outputs["kind"].Accuracy > 0.9, " width:", s.Outputs["width"].R2 > 0.85)
	// Output: kind: true  width: true
}

// Several targets for each row: a fall's time and its speed at the end, from its height.
func ExampleDeep_targets() {
	text := "height,seconds,speed\n"
	for height := 1.0; height <= 20; height++ {
		text += fmt.Sprintf("%g,%.3f,%.3f\n", height, math.Sqrt(2*height/9.81), math.Sqrt(2*height*9.81))
	}
	d, err := data.ReadCSV(strings.NewReader(text), data.CSV{Labels: []data.Column{data.Name("seconds"), data.Name("speed")}})
	if err != nil {
		log.Fatal(err)
	}
	m := &models.Deep{Standardize: true, Layers: []models.Layer{models.Dense{Units: 8, Activation: models.Tanh}, models.Dense{Units: 2}}}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 400, Rule: optim.Adam{Rate: 0.02}}); err != nil {
		log.Fatal(err)
	}
	p, err := m.PredictProba(d)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("from 10 m: %.1f s, %.0f m/s\n", p[9][0], p[9][1])
	// Output: from 10 m: 1.4 s, 14 m/s
}

// Two penalties are compared by five folds each.
func ExampleCrossValidate() {
	var grid []models.Candidate
	for _, λ := range []float64{0.01, 1000} {
		grid = append(grid, models.Candidate{Name: fmt.Sprintf("λ = %g", λ), New: func() (models.Model, models.FitOptions) {
			return &models.Logistic{Penalty: models.L2, Lambda: λ, Standardize: true}, models.FitOptions{}
		}})
	}
	c, err := models.CrossValidate(context.Background(), data.Iris(), models.CrossOptions{Seed: 1}, grid...)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(c)
	fmt.Println("best:", c.Best().Name)
	// Output:
	//              loss        ±   accuracy        ±
	// λ = 0.01   0.0681   0.0522     0.9800   0.0183
	// λ = 1000   1.0004   0.0035     0.8267   0.0723
	// best: λ = 0.01
}
