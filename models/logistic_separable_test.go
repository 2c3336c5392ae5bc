package models_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"adjoint/data"
	"adjoint/models"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// hasNoMinimum solves the linear program that decides whether logistic regression
// without a penalty has a minimum (A. Albert, J. Anderson 1984): it has none if
// there are v, a row a class, with (vʸ − vᵏ)·(x, 1) ≥ 0 for all rows and classes
// and > 0 for some. It maximises the sum of these over −1 ≤ v ≤ 1.
func hasNoMinimum(t *testing.T, d *data.Dataset) bool {
	classes, n := len(d.Classes), len(d.Features)+1
	var leads [][]float64 // lead · v ≥ 0
	for i := range d.Rows() {
		y := int(d.Y[i])
		for k := range classes {
			if k == y {
				continue
			}
			lead := make([]float64, classes*n)
			for j, x := range append(append([]float64{}, d.Row(i)...), 1) {
				lead[y*n+j], lead[k*n+j] = x, -x
			}
			leads = append(leads, lead)
		}
	}
	// In the form that gonum wants, with p = v + 1 ≥ 0: −lead·p + slack =
	// −lead·1 and p + slack = 2.
	variables, rows := classes*n, len(leads)+classes*n
	cost := make([]float64, variables+rows)
	a, b := mat.NewDense(rows, variables+rows, nil), make([]float64, rows)
	offset := 0.0
	for i, lead := range leads {
		for j, x := range lead {
			a.Set(i, j, -x)
			b[i] -= x
			cost[j] -= x
			offset += x
		}
		a.Set(i, variables+i, 1)
	}
	for j := range variables {
		i := len(leads) + j
		a.Set(i, j, 1)
		a.Set(i, variables+i, 1)
		b[i] = 2
	}
	least, _, err := lp.Simplex(cost, a, b, 1e-10, nil)
	check(t, err)
	return -least-offset > 1e-6
}

// Whether there is a minimum is what a linear program says, on small random data
// of whole numbers, where classes often touch.
func TestConvergedAgreesWithLinearProgram(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	count := map[string]int{}
	for trial := range 300 {
		rows, features, classes := 5+r.IntN(20), 1+r.IntN(3), 2+r.IntN(2)
		d := &data.Dataset{Features: data.Names(features), Classes: []string{"a", "b", "c"}[:classes]}
		for i := range rows {
			class := i % classes
			d.Y = append(d.Y, float64(class))
			for range features {
				d.X = append(d.X, float64(class*r.IntN(2)+r.IntN(4)))
			}
		}
		h, err := (&models.Logistic{}).Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		none := hasNoMinimum(t, d)
		count[fmt.Sprint("of ", classes, " classes, no minimum: ", none)]++
		if h.Converged == none {
			t.Errorf("trial %d: %v without a minimum: %v, but %+v\nx = %v\ny = %v", trial, classes, none, h, d.X, d.Y)
		}
	}
	t.Log(count)
}
