package models_test

import (
	"context"
	"fmt"
	"log"
	"math"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// From a data set to a network that is trained and understood.
func Example() {
	train, test, err := data.BreastCancer().Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	m := &models.Deep{
		Layers: []models.Layer{
			models.Dense{Units: 32, Activation: models.ReLU},
			models.Dense{Units: 8, Activation: models.ReLU},
			models.Dense{Units: 1, Activation: models.Sigmoid},
		},
		Standardize: true,
		Seed:        1,
	}
	history, err := m.Fit(context.Background(), train, models.FitOptions{Epochs: 30, ValidationSplit: 0.17})
	if err != nil {
		log.Fatal(err)
	}
	scores, err := m.Evaluate(test)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(history.Epochs), "epochs of", history.Rows, "rows,", history.Steps, "steps")
	fmt.Printf("held-out accuracy %.2f, AUC %.2f\n", scores.Accuracy, scores.AUC)
	fmt.Println("benign tumours taken for malignant:", scores.Confusion[1][0])
	// Output:
	// 30 epochs of 377 rows, 360 steps
	// held-out accuracy 0.98, AUC 1.00
	// benign tumours taken for malignant: 0
}

// What scikit-learn's LogisticRegression() fits.
func ExampleLogistic() {
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
	h, err := m.Fit(context.Background(), data.BreastCancer(), models.FitOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("converged: %v, J = %.10f\n", h.Converged, h.Costs[0])

	labels, err := m.Predict(data.BreastCancer())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the first row is", m.Classes()[int(labels[0])])
	// Output:
	// converged: true, J = 0.0663601862
	// the first row is malignant
}

// An L1 penalty keeps the features that matter.
func ExampleLogistic_l1() {
	m := &models.Logistic{Penalty: models.L1, Lambda: 100, Standardize: true}
	if _, err := m.Fit(context.Background(), data.BreastCancer(), models.FitOptions{}); err != nil {
		log.Fatal(err)
	}
	w, _, err := m.Coefficients()
	if err != nil {
		log.Fatal(err)
	}
	for j, v := range w.Float64s() {
		if v != 0 {
			fmt.Printf("%-20s %+.2f\n", m.Features()[j], v)
		}
	}
	// Output:
	// mean_concave_points  -0.08
	// worst_radius         -0.91
	// worst_texture        -0.07
	// worst_concave_points -0.99
}

// Keras's table, before there is any data.
func ExampleDeep_Summary() {
	m := &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 32, Activation: models.ReLU},
		models.Dropout{Rate: 0.2},
		models.Dense{Units: 10, Activation: models.Softmax},
	}}
	table, err := m.Summary(64)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(table)
	// Output:
	// ────────────────────────────────────────
	// Layer (type)      Output Shape   Param #
	// ────────────────────────────────────────
	// Input             (None, 64)           0
	// Dense (relu)      (None, 32)       2,080
	// Dropout (0.2)     (None, 32)           0
	// Dense (softmax)   (None, 10)         330
	// ────────────────────────────────────────
	// Total params: 2,410
}

// A model is a graph, and its gradient that of the graph.
func ExampleDeep_Formula() {
	m := &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 4, Activation: models.Tanh},
		models.Dense{Units: 1, Activation: models.Sigmoid},
	}, Penalty: models.L2, Lambda: 1}
	moons, err := data.Moons(100, 0.2, 1)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := m.Fit(context.Background(), moons, models.FitOptions{Epochs: 1}); err != nil {
		log.Fatal(err)
	}
	f, err := m.Formula()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("a  =", f.Outputs[0].P)
	fmt.Println("rL =", graph.Composition(f.Loss, f.Params[0]))
	// Output:
	// a  = σ(ψ(b2, φ(w2, tanh(ψ(b1, φ(w1, x))))))
	// rL = r₁φ[1]∘rψ[1]∘rtanh∘rφ[2]∘rψ[2]∘rσ∘rL
}

// Training stops when ten epochs have not bettered the validation, and goes back
// to the best of them.
func ExampleEarlyStopping() {
	d, err := data.Moons(300, 0.2, 1)
	if err != nil {
		log.Fatal(err)
	}
	m := &models.Deep{Seed: 1, Layers: []models.Layer{
		models.Dense{Units: 32, Activation: models.ReLU}, models.Dense{Units: 1, Activation: models.Sigmoid},
	}}
	h, err := m.Fit(context.Background(), d, models.FitOptions{
		Epochs: 1000, ValidationSplit: 0.3, Rule: optim.Adam{Rate: 0.03},
		Callbacks: []models.Callback{&models.EarlyStopping{Patience: 10, RestoreBest: true}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("stopped before its time:", len(h.Epochs) < 1000)
	fmt.Println("epochs after the best one:", len(h.Epochs)-h.Best)
	// Output:
	// stopped before its time: true
	// epochs after the best one: 10
}

// radial is a layer of one's own: how near each example is to each of some
// centres, e^(−|x−c|²), where |x−c|² = |x|² − 2⟨c, x⟩ + |c|².
type radial struct{ units int }

func (r radial) String() string { return "radial" }

func (r radial) Apply(b *models.Builder, a *graph.Node) *graph.Node {
	c := b.Weight(r.units, a.Shape().Dim(0), models.Normal(1))
	aa := ops.ExpandDims(ops.Sum(ops.Square(a), 0), 0) // (1, N)
	cc := ops.ExpandDims(ops.Sum(ops.Square(c), 1), 1) // (units, 1)
	return ops.Exp(ops.Sub(ops.Scale(2, ops.MatMul(c, a)), ops.Add(aa, cc)))
}

// A layer of one's own makes its parameters through the Builder. Its derivative
// is that of its graph.
func ExampleLayer() {
	rings, err := data.Rings(400, 0.5, 0.1, 1)
	if err != nil {
		log.Fatal(err)
	}
	m := &models.Deep{Seed: 1, Layers: []models.Layer{radial{8}, models.Dense{Units: 1, Activation: models.Sigmoid}}}
	if _, err := m.Fit(context.Background(), rings, models.FitOptions{Epochs: 100, Rule: optim.Adam{Rate: 0.05}}); err != nil {
		log.Fatal(err)
	}
	scores, err := m.Evaluate(rings)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("accuracy %.2f\n", scores.Accuracy)
	// Output: accuracy 0.99
}

// Any function of nodes is a layer, here one that squeezes what comes out into
// the range of the target.
func ExampleFunc() {
	d := &data.Dataset{Features: []string{"t"}}
	for i := range 100 {
		t := float64(i)/50 - 1
		d.X, d.Y = append(d.X, t), append(d.Y, 10+math.Sin(3*t))
	}
	m := &models.Deep{Seed: 1, Layers: []models.Layer{
		models.Dense{Units: 16, Activation: models.Tanh},
		models.Dense{Units: 1, Activation: models.Tanh},
		models.Func("9 to 11", func(a *graph.Node) *graph.Node { return ops.Shift(a, 10) }),
	}}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 600, Rule: optim.Adam{Rate: 0.02}}); err != nil {
		log.Fatal(err)
	}
	scores, err := m.Evaluate(d)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("R² above 0.99:", scores.R2 > 0.99)
	// Output: R² above 0.99: true
}

// The config of the document's listing 3.2.
func ExampleConfig() {
	train, test, err := data.BreastCancer().Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	scaler, err := data.FitScaler(train)
	if err != nil {
		log.Fatal(err)
	}
	if train, err = scaler.Transform(train); err != nil {
		log.Fatal(err)
	}
	if test, err = scaler.Transform(test); err != nil {
		log.Fatal(err)
	}
	m, h, err := models.Config{Nodes: []int{30, 8, 1}, LpReg: 2, Iterations: 1500}.Fit(context.Background(), train)
	if err != nil {
		log.Fatal(err)
	}
	scores, err := m.Evaluate(test)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("cost %.2f after 1000 of %d iterations\n", h.Costs[1000], len(h.Costs))
	fmt.Printf("held-out accuracy %.2f\n", scores.Accuracy)
	// Output:
	// cost 0.03 after 1000 of 1500 iterations
	// held-out accuracy 0.97
}
