package data

import (
	"fmt"
	"slices"
)

// Lags turns a column of d, a series in time, into examples: the features are its values at the given
// number of times before, oldest first, named "t-12", …, "t-1", and the target is that of the time
// horizon−1 after these; horizon 1 is the next one. Rows stay in the order of time. The error wraps
// ErrColumn, ErrArgument if lags or horizon are below 1, or ErrEmpty if the series is too short.
func (d *Dataset) Lags(column string, lags, horizon int) (*Dataset, error) {
	v, err := d.series(column)
	if err != nil {
		return nil, err
	}
	if lags < 1 || horizon < 1 {
		return nil, fmt.Errorf("%s: %d lags and a horizon of %d: %w", d.source(), lags, horizon, ErrArgument)
	}
	rows := len(v) - lags - horizon + 1
	if rows < 1 {
		return nil, fmt.Errorf("%s: %d lags and a horizon of %d of a series of %d: %w", d.source(), lags, horizon, len(v), ErrEmpty)
	}
	e := &Dataset{Target: column, Source: d.Source}
	for i := lags; i > 0; i-- {
		e.Features = append(e.Features, fmt.Sprintf("t-%d", i))
	}
	for i := range rows {
		e.X = append(e.X, v[i:i+lags]...)
		e.Y = append(e.Y, v[i+lags+horizon-1])
	}
	return e, nil
}

// series returns a feature or the target.
func (d *Dataset) series(column string) ([]float64, error) {
	if column == d.Target && d.Y != nil && d.Classes == nil {
		return slices.Clone(d.Y), nil
	}
	return d.Column(column)
}

// SplitInTime parts the rows in their order: the last, of the given number, are held out. So no
// example of training is later than one that is held out. The error wraps ErrSplit if a part would be
// empty.
func (d *Dataset) SplitInTime(held int) (train, test *Dataset, err error) {
	rows := make([]int, d.Rows())
	at := len(rows) - held
	if held < 1 || at < 1 {
		return nil, nil, fmt.Errorf("%s: %d of %d rows held out: %w", d.source(), held, len(rows), ErrSplit)
	}
	ascending(rows)
	if train, err = d.Subset(rows[:at]); err != nil {
		return nil, nil, err
	}
	test, err = d.Subset(rows[at:])
	return train, test, err
}
