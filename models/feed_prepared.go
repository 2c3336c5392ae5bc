package models

import (
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/prepare"

	"gorgonia.org/tensor"
)

// checkRows returns an error unless d can be fitted: whole numbers, or raw rows for Columns to prepare.
func checkRows(d *data.Dataset, columns *prepare.Columns, dtype tensor.Dtype) error {
	if columns != nil {
		return d.CheckRaw()
	}
	if err := d.CheckNumbers(); err != nil {
		return err
	}
	return check(d, dtype)
}

// preparedBy fits the Columns to the training rows, and returns these prepared. Without Columns the rows stay as they are.
func preparedBy(columns *prepare.Columns, d *data.Dataset, dtype tensor.Dtype) (*prepare.Preparer, *data.Dataset, error) {
	if columns == nil {
		return nil, d, nil
	}
	p, err := columns.Fit(d)
	if err != nil {
		return nil, nil, err
	}
	if d, err = p.Transform(d); err != nil {
		return nil, nil, err
	}
	return p, d, check(d, dtype)
}

// fromRaw returns d as the formula, or its scaler, takes it: prepared, if there is a preparer.
func (f *fitted) fromRaw(d *data.Dataset) (*data.Dataset, error) {
	if f.preparer == nil {
		return d, d.CheckNumbers()
	}
	return f.preparer.Transform(d)
}

// takes sets the preparer of raw rows. The features of the model are then the columns of these.
func (f *fitted) takes(p *prepare.Preparer) {
	if f.preparer = p; p != nil {
		f.features, _ = p.Inputs()
	}
}

// columns returns what the preparer was fitted from; nil if there is none.
func (f *fitted) columns() *prepare.Columns {
	if f.preparer == nil {
		return nil
	}
	return f.preparer.Columns()
}

// Preparer returns what prepares the rows of a table for the model; nil before Fit, and if it takes them as they are.
func (m *published) Preparer() *prepare.Preparer {
	if f := m.current.Load(); f != nil {
		return f.preparer
	}
	return nil
}

// checkPreparer returns an error unless the preparer of a file makes the columns that feed the inputs, and those that are
// one-hot have the levels of the network.
func (f *fitted) checkPreparer(p *prepare.Preparer) error {
	var levels, want []int
	if f.network != nil {
		want = f.network.spec.levels
	}
	if p != nil {
		outputs := p.Outputs()
		names := make([]string, len(outputs))
		for i, o := range outputs {
			if names[i] = o.Name; o.Levels != nil {
				levels = append(levels, len(o.Levels))
			}
		}
		for _, c := range featuresOf(f.inputs) {
			if !slices.Contains(names, c) {
				return fmt.Errorf("no prepared column %.60q", c)
			}
		}
	}
	if f.network != nil && !slices.Equal(levels, want) {
		return fmt.Errorf("columns of %d levels are prepared for layers of %d", levels, want)
	}
	return nil
}
