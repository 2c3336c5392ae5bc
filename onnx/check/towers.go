package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// towers returns a formula of two inputs and two outputs, a class and a number, with an
// embedding, a skip connection and dropout, and rows for it.
func towers(dtype tensor.Dtype) (*models.Formula, *data.Dataset, error) {
	const users = 12
	g := graph.NewOf(dtype)
	leaf := func(name string, n int) *graph.Node { return g.Input(name, n, graph.Batch) }
	user, film, liked, stars := leaf("user", 1), leaf("film", 3), leaf("liked", 1), leaf("stars", 1)
	b := models.NewBuilder(g, 1)
	taste := ops.Gather(b.Param("taste", nil, 4, users), 1, ops.Index(user, 0, 0))
	h := models.Dense{Units: 8, Activation: models.ReLU}.Apply(b, ops.Concat(0, taste, film))
	h = ops.Dropout(ops.Add(h, models.Dense{Units: 8, Activation: models.Tanh}.Apply(b, h)), 0.1)
	likes, gives := models.Dense{Units: 1, Activation: models.Sigmoid}.Apply(b, h), models.Dense{Units: 1}.Apply(b, h)
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{user, film}, Targets: []*graph.Node{liked, stars},
		Loss:    ops.Add(ops.LogLoss(likes, liked), ops.SquaredError(gives, stars)),
		Outputs: []models.Output{{Name: "likes", P: likes, Target: liked}, {Name: "gives", P: gives, Target: stars}},
		Columns: map[string][]string{"film": {"a", "b", "c"}},
	})
	d := &data.Dataset{Features: []string{"user", "a", "b", "c", "stars"}, Target: "liked", Classes: []string{"no", "yes"}}
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 200 {
		who, x := i%users, [3]float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		z := x[who%3]
		d.X, d.Y = append(d.X, float64(who), x[0], x[1], x[2], z), append(d.Y, float64((who+i/7)%2))
	}
	return f, d, err
}

// writeTowers fits the formula, and writes a file of it.
func writeTowers(to folder) error {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		m, d, err := towers(dtype)
		if err != nil {
			return err
		}
		if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 5}); err != nil {
			return err
		}
		expected := file{Tolerance: tolerance(dtype)}
		for _, n := range batches {
			rows := make([]int, n)
			for i := range rows {
				rows[i] = 7 * i % d.Rows()
			}
			some, err := d.Subset(rows)
			if err != nil {
				return err
			}
			p, err := m.Predictions(some)
			if err != nil {
				return err
			}
			t := trial{dtype: dtype}
			r := run{map[string]array{}, map[string]output{}}
			for name, columns := range map[string][]int{"user": {0}, "film": {1, 2, 3}} {
				var v []float64
				for i := range n {
					for _, j := range columns {
						v = append(v, some.Row(i)[j])
					}
				}
				r.Inputs[name] = t.array(dtype, v, len(columns))
			}
			for name, p := range p.Outputs {
				r.Outputs[name] = output{t.array(dtype, slices.Concat(p.Values...), 1), 1}
			}
			r.Outputs["likes_label"] = output{integers(p.Labels), 1}
			expected.Runs = append(expected.Runs, r)
		}
		name := fmt.Sprint("towers-", dtype)
		if err := to.write(name, expected, func(w io.Writer) error { return onnx.WriteModel(w, m, onnx.ModelOptions{Labels: true}) }); err != nil {
			return err
		}
	}
	return nil
}
