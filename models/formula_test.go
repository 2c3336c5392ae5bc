package models_test

import (
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A network is a graph of φ, ψ, G and L nodes and nothing else, and its gradient
// is graph.Gradient. What is done to the graph does not change the model.
func TestFormula(t *testing.T) {
	m := network()
	d := first(t, data.BreastCancer(), 10)
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1})
	check(t, err)
	f, err := m.Formula()
	check(t, err)
	if want := "mean(L(σ(ψ(b3, φ(w3, ReLU(ψ(b2, φ(w2, ReLU(ψ(b1, φ(w1, x))))))))), y))"; f.Cost.String() != want {
		t.Errorf("J is %s", f.Cost)
	}
	if got, want := graph.Composition(f.Cost, f.Params[0]), "r₁φ[1]∘rψ[1]∘rReLU[1]∘rφ[2]∘rψ[2]∘rReLU[2]∘rφ[3]∘rψ[3]∘rσ∘rL∘rmean"; got != want {
		t.Errorf("rJ is %s", got)
	}
	before := weights(t, m)
	for _, p := range f.Params {
		p.Value().Memset(7.)
	}
	graph.Gradient(f.Cost, f.Params...)
	if !slices.Equal(weights(t, m), before) || f.Inputs[0].Shape() != graph.ShapeOf(10, graph.Batch) || f.Outputs[0].P.String() != "σ(ψ(b3, φ(w3, ReLU(ψ(b2, φ(w2, ReLU(ψ(b1, φ(w1, x)))))))))" {
		t.Error("the model has changed")
	}
}

// Each loss trains what it is for, and the zero Loss is the one that fits.
func TestLosses(t *testing.T) {
	iris := data.Iris()
	moons, err := data.Moons(200, 0.1, 1)
	check(t, err)
	blank := func(d *data.Dataset) *data.Dataset {
		d = d.Clone()
		d.Classes = nil
		return d
	}
	dense := func(units int, a models.Activation) []models.Layer {
		return []models.Layer{models.Dense{Units: 16, Activation: models.Tanh}, models.Dense{Units: units, Activation: a}}
	}
	for _, c := range []struct {
		name string
		d    *data.Dataset
		m    *models.Deep
		as   models.Loss
		want float64
	}{
		{"σ", moons, &models.Deep{Layers: dense(1, models.Sigmoid)}, models.LogLoss, 0.95},
		{"logit", moons, &models.Deep{Layers: dense(1, models.Linear)}, models.LogLossFromLogits, 0.95},
		{"two logits", moons, &models.Deep{Layers: dense(2, models.Linear)}, models.CrossEntropyFromLogits, 0.95},
		{"softmax", iris, &models.Deep{Layers: dense(3, models.Softmax)}, models.CrossEntropy, 0.95},
		{"logits", iris, &models.Deep{Layers: dense(3, models.Activation{})}, models.CrossEntropyFromLogits, 0.95},
		{"own softmax", iris, &models.Deep{Layers: append(dense(3, models.Linear), models.Func("softmax", models.Softmax.Of))}, models.CrossEntropy, 0.95},
		{"number", blank(iris), &models.Deep{Layers: dense(1, models.Linear)}, models.SquaredError, 0.9},
		{"hinge", moons, &models.Deep{Loss: models.HingeLoss, Layers: dense(1, models.Linear)}, models.HingeLoss, 0.95},
		{"hinges", iris, &models.Deep{Loss: models.HingeLoss, Layers: dense(3, models.Linear)}, models.HingeLoss, 0.95},
		{"Brier", iris, &models.Deep{Loss: models.SquaredError, Layers: dense(3, models.Softmax)}, models.SquaredError, 0.95},
		{"one against the rest", iris, &models.Deep{Loss: models.LogLoss, Layers: dense(3, models.Sigmoid)}, models.LogLoss, 0.95},
		{"Huber", blank(iris), &models.Deep{Loss: models.HuberLoss(0.5), Layers: dense(1, models.Linear)}, models.HuberLoss(0.5), 0.9},
		{"absolute", blank(iris), &models.Deep{Loss: models.AbsoluteError, Layers: dense(1, models.Linear)}, models.AbsoluteError, 0.9},
	} {
		c.m.Seed, c.m.Standardize = 1, true
		_, err := c.m.Fit(t.Context(), c.d, models.FitOptions{Epochs: 60, Rule: optim.Adam{Rate: 0.02}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		f, err := c.m.Formula()
		check(t, err)
		s, err := c.m.Evaluate(c.d)
		check(t, err)
		if s.Score() < c.want {
			t.Errorf("%s: %s %g", c.name, s.ScoreName(), s.Score())
		}
		a := f.Outputs[0].P
		if c.as.Proba != nil || c.m.TargetScaler() != nil {
			a = a.In(0)
		}
		mean, _ := evaluate(t, f, scaled(t, c.m, c.d), ops.Mean(c.as.Of(a, f.Targets[0])))
		near(t, c.name+": the loss", s.Loss, mean, 1e-12)
		proba, err := c.m.PredictProba(c.d)
		check(t, err)
		if s.Confusion != nil {
			for _, p := range proba {
				for _, v := range p {
					if !(v >= 0 && v <= 1) {
						t.Fatalf("%s: probability %g", c.name, v)
					}
				}
			}
		}
	}
}

// In float32 a network learns the same, but for rounding.
func TestFloat32(t *testing.T) {
	d := standardised(t, data.BreastCancer())
	a, b := network(), network()
	b.Float32 = true
	g, err := a.Fit(t.Context(), d, models.FitOptions{Epochs: 5})
	check(t, err)
	h, err := b.Fit(t.Context(), d, models.FitOptions{Epochs: 5})
	check(t, err)
	near(t, "the loss", h.Last().Loss, g.Last().Loss, 1e-5)
	f, err := b.Formula()
	check(t, err)
	if f.Cost.Graph().Dtype() != tensor.Float32 {
		t.Error("the graph is not of float32")
	}
}
