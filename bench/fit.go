package main

import (
	"context"

	"adjoint/bench/internal/record"
	"adjoint/data"
	"adjoint/models"

	"gorgonia.org/tensor"
)

// fits measures logistic regression to its minimum, with the penalty of
// scikit-learn's LogisticRegression(): a step is a whole Fit.
func fits(dtype tensor.Dtype) (lines []record.Line, err error) {
	for _, size := range []struct{ n, N, blocks int }{{10, 1000, 15}, {30, 100000, 5}} {
		d := logisticData(size.n, size.N)
		var f *fit
		l, err := measure(size.blocks, 1, func() (stepper, error) {
			f = &fit{data: d, model: newLogisticModel(dtype, size.N)}
			return f, nil
		})
		if err != nil {
			return nil, err
		}
		l.Examples, l.Features = size.N, size.n
		l.Iterations, l.GradientNorm = f.history.Iterations, round(f.history.GradientNorm)
		lines = append(lines, l)
	}
	return lines, nil
}

// A fit is that of logistic regression, from zero.
type fit struct {
	data    *data.Dataset
	model   *models.Logistic
	history *models.History // of the last
}

// newLogisticModel is for N examples. scikit-learn 1.2 minimises N·J, and its
// tolerance 1e-4 bounds the gradient of that.
func newLogisticModel(dtype tensor.Dtype, N int) *models.Logistic {
	return &models.Logistic{Penalty: models.L2, Lambda: 1, Tolerance: 1e-4 / float64(N), Float32: dtype == tensor.Float32}
}

func (f *fit) Steps(k int) (err error) {
	for range k {
		if f.history, err = f.model.Fit(context.Background(), f.data, models.FitOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// Loss is without the penalty.
func (f *fit) Loss() (float64, error) {
	w, b, err := f.model.Coefficients()
	if err != nil {
		return 0, err
	}
	return loss([]int{len(f.data.Features), 1}, []*tensor.Dense{w, b}, f.data)
}

func (f *fit) Close() error { return nil }
