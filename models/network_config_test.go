package models_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
)

// The document's descent, by hand: 1.2 with its penalty in the gradient too.
func descent(d *data.Dataset, w []float64, rate, λ float64, steps int) (costs []float64) {
	n, b := float64(d.Rows()), 0.0
	w = append([]float64{}, w...)
	for range steps {
		cost, db, dw := 0.0, 0.0, make([]float64, len(w))
		for j, v := range w {
			cost += λ / (2 * n) * v * v
			dw[j] = λ / n * v
		}
		for i, y := range d.Y {
			z := b
			for j, x := range d.Row(i) {
				z += w[j] * x
			}
			a := 1 / (1 + math.Exp(-z))
			cost -= (y*math.Log(a) + (1-y)*math.Log(1-a)) / n
			db += (a - y) / n
			for j, x := range d.Row(i) {
				dw[j] += (a - y) / n * x
			}
		}
		costs = append(costs, cost)
		b -= rate * db
		for j := range w {
			w[j] -= rate * dw[j]
		}
	}
	return costs
}

// A Config of one layer is 1.2: its costs are those of the listing with the
// penalty where it belongs, and it prints each thousandth.
func TestConfigIsTheDocument(t *testing.T) {
	d := first(t, standardised(t, data.BreastCancer()), 10)
	var out strings.Builder
	c := models.Config{Nodes: []int{10, 1}, LpReg: 2, Iterations: 2001, Output: &out}
	m, h, err := c.Fit(t.Context(), d)
	check(t, err)

	// Its weights are 0.01·N(0, 1), from the seed 1.
	layer := m.Layers[0].(models.Dense)
	if m.Seed != 1 || m.Lambda != 0.01 || m.Penalty != models.L2 || layer.Units != 1 || layer.Activation.Name != "sigmoid" || layer.NoBias {
		t.Errorf("%+v", m)
	}
	w := drawn(t, layer, 10, 1)
	if _, variance, largest := moments(w); variance > 4e-4 || largest > 0.05 || largest == 0 {
		t.Errorf("w = %v", w)
	}
	want := descent(d, w, 0.1, 0.01, 2001)
	if len(h.Costs) != 2001 {
		t.Fatalf("%d costs", len(h.Costs))
	}
	for i, cost := range h.Costs {
		if math.Abs(cost-want[i]) > 1e-12 {
			t.Fatalf("cost %d is %.15g, want %.15g", i, cost, want[i])
		}
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, line := range lines {
		if prefix := []string{"Cost after iteration 0: 0.68", "Cost after iteration 1000: 0.1", "Cost after iteration 2000: 0.1"}[i]; !strings.HasPrefix(line, prefix) {
			t.Errorf("%q", line)
		}
	}
	if len(lines) != 3 {
		t.Errorf("printed %q", out.String())
	}
}

// By default there are 10 000 iterations of rate 0.1, and silence.
func TestConfigDefaults(t *testing.T) {
	_, h, err := models.Config{Nodes: []int{4, 1}}.Fit(t.Context(), twoClasses(t))
	check(t, err)
	if len(h.Costs) != 10000 || h.Last().Rate != 0.1 || h.Steps != 10000 {
		t.Errorf("%d costs, rate %g", len(h.Costs), h.Last().Rate)
	}
}

// twoClasses is iris without its first species.
func twoClasses(t testing.TB) *data.Dataset {
	rows := make([]int, 100)
	for i := range rows {
		rows[i] = 50 + i
	}
	d, err := data.Iris().Subset(rows)
	check(t, err)
	d.Classes = d.Classes[1:]
	for i := range d.Y {
		d.Y[i]--
	}
	return d
}

// The activator of x is dropped; activators and biases are one a layer.
func TestConfigLayers(t *testing.T) {
	c := models.Config{
		Nodes: []int{4, 5, 3, 1}, Activators: []string{"linear", "relu", "tanh", "sigmoid"}, NoBias: []bool{false, true, false, false}, LpReg: 1, Lambda: 7, Seed: 9,
	}
	for _, c := range []models.Config{c, {Nodes: c.Nodes, Activators: c.Activators[1:], NoBias: c.NoBias[1:], LpReg: 1, Lambda: 7, Seed: 9}} {
		m, err := c.Network()
		check(t, err)
		text, err := m.Summary(4)
		check(t, err)
		if !strings.Contains(text, "relu)      (None, 5)           20") || !strings.Contains(text, "tanh)      (None, 3)           18") || !strings.Contains(text, "sigmoid)   (None, 1)            4") {
			t.Errorf("%s", text)
		}
		if m.Penalty != models.L1 || m.Lambda != 7 || m.Seed != 9 {
			t.Errorf("%+v", m)
		}
	}
	m, err := models.Config{Nodes: []int{10, 32, 8, 1}}.Network()
	check(t, err)
	text, err := m.Summary(10)
	check(t, err)
	if want, _ := network().Summary(10); text != want {
		t.Errorf("%s", text)
	}
	if _, err := m.Fit(t.Context(), first(t, data.BreastCancer(), 10), models.FitOptions{Epochs: 1}); err != nil || m.Penalty != models.NoPenalty {
		t.Error(err)
	}
}

func TestBadConfigs(t *testing.T) {
	d := twoClasses(t)
	for _, c := range []struct {
		c    models.Config
		want error
		says string
	}{
		{models.Config{}, models.ErrOption, "nodes"},
		{models.Config{Nodes: []int{4}}, models.ErrOption, "nodes [4]"},
		{models.Config{Nodes: []int{4, 0}}, models.ErrOption, "(0, 4)"},
		{models.Config{Nodes: []int{5, 1}}, data.ErrFeatures, "4 features, nodes say 5"},
		{models.Config{Nodes: []int{4, 3}}, models.ErrOutputs, "3 outputs for 2 classes"},
		{models.Config{Nodes: []int{4, 1}, Activators: []string{"a", "b", "c"}}, models.ErrOption, "3 activators for 1 layers"},
		{models.Config{Nodes: []int{4, 1}, Activators: []string{"sigmoit"}}, models.ErrOption, "sigmoit"},
		{models.Config{Nodes: []int{4, 1}, NoBias: make([]bool, 3)}, models.ErrOption, "3 biases"},
		{models.Config{Nodes: []int{4, 1}, LpReg: 3}, models.ErrOption, "|w|^3"},
		{models.Config{Nodes: []int{4, 1}, LpReg: -1}, models.ErrOption, "|w|^-1"},
		{models.Config{Nodes: []int{4, 1}, LpReg: 2, Lambda: -1}, models.ErrOption, "-1"},
		{models.Config{Nodes: []int{4, 1}, Iterations: -1}, models.ErrOption, "-1"},
		{models.Config{Nodes: []int{4, 1}, Rate: -1}, optim.ErrRate, "-1"},
	} {
		if m, h, err := c.c.Fit(t.Context(), d); !errors.Is(err, c.want) || !contains(err, c.says) || m != nil || h != nil {
			t.Errorf("%+v: %v", c.c, err)
		}
	}
	if _, _, err := (models.Config{Nodes: []int{4, 1}}).Fit(t.Context(), nil); !errors.Is(err, data.ErrEmpty) {
		t.Error(err)
	}
}
