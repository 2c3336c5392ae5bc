package prepare

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"adjoint/data"
)

// A Preparer is Columns that were fitted to training rows. It does not change, and may be used from any number of
// goroutines.
type Preparer struct {
	columns Columns
	inputs  []string
	types   []data.Type
	guessed []bool // of each column, whether its type was
	outputs []Output
}

// An Output is a prepared column: Maps, one after the other, of the column From of the table.
type Output struct {
	Name   string
	From   int
	Maps   []Map
	Levels []string // of a one-hot column: values are positions in it, or len(Levels) for none; nil for a number
}

// Columns returns what was fitted.
func (p *Preparer) Columns() *Columns {
	c := p.columns.clone()
	return &c
}

// Inputs returns the names and the types of the columns of a table.
func (p *Preparer) Inputs() ([]string, []data.Type) {
	return slices.Clone(p.inputs), slices.Clone(p.types)
}

// Outputs returns the prepared columns: those of numbers, then the others. Maps and Levels must not be changed.
func (p *Preparer) Outputs() []Output { return slices.Clone(p.outputs) }

// Transform returns the prepared rows of d. They share the targets and the like with d. The error wraps
// data.ErrFeatures if d has other columns than the rows that were fitted, or columns of other types; data.ErrMissing for
// a gap that no step fills; ErrUnknown for a text that is to be refused.
func (p *Preparer) Transform(d *data.Dataset) (*data.Dataset, error) {
	if err := p.accepts(d); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	m := len(p.outputs)
	names, levels := make([]string, m), [][]string(nil)
	maps := make([][]func([]float64), m)
	for k, o := range p.outputs {
		names[k] = o.Name
		if o.Levels != nil && levels == nil {
			levels = make([][]string, m)
		}
		if o.Levels != nil {
			levels[k] = o.Levels
		}
		for _, f := range o.Maps {
			maps[k] = append(maps[k], f.bind(d.LevelsOf(o.From)))
		}
	}
	prepared, err := d.Room(names, levels)
	if err != nil {
		return nil, err
	}
	values := make([]float64, min(data.PieceRows, d.Rows()))
	err = d.Pieces(prepared, func(from, to int) error {
		return p.fill(prepared, d, from, values[:to-from], maps)
	})
	if err != nil {
		return nil, errors.Join(err, prepared.Close())
	}
	return prepared, nil
}

// fill prepares the rows from one on, as many as there are values.
func (p *Preparer) fill(prepared, d *data.Dataset, from int, values []float64, maps [][]func([]float64)) error {
	n, m := len(d.Features), len(p.outputs)
	for k, o := range p.outputs {
		for i := range values {
			values[i] = d.X[(from+i)*n+o.From]
		}
		for _, f := range maps[k] {
			f(values)
		}
		for i, x := range values {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return p.refused(d, from+i, &o, x)
			}
			prepared.X[(from+i)*m+k] = x
		}
	}
	return nil
}

// accepts returns an error unless d is a table like that which was fitted. A column without a value has any type.
func (p *Preparer) accepts(d *data.Dataset) error {
	if err := d.CheckRaw(); err != nil {
		return err
	}
	if err := data.CheckFeatures(p.inputs, d.Features); err != nil {
		return err
	}
	for j, is := range d.Types() {
		if is != p.types[j] && d.Present(j) {
			return fmt.Errorf("%s: column %.60q is a %v, a %v was fitted (see CSV.Types): %w", d.Source, p.inputs[j], is, p.types[j], data.ErrFeatures)
		}
	}
	return nil
}

// refused returns the error of a value that is missing or infinite after all maps.
func (p *Preparer) refused(d *data.Dataset, i int, o *Output, x float64) error {
	place := fmt.Sprintf("prepare: %s, column %.60q", d.Place(i), p.inputs[o.From])
	was, ok := d.Text(i, o.From)
	_, date := first(o.Maps).(DatePart)
	switch {
	case math.IsInf(x, 0):
		return fmt.Errorf("%s: %.60q becomes %g: %w", place, was, x, data.ErrNotFinite)
	case !ok && math.IsNaN(d.Row(i)[o.From]):
		return fmt.Errorf("%s: training had no gap there, or an Impute is wanted: %w", place, data.ErrMissing)
	case date:
		return fmt.Errorf("%s: %.60q: %w", place, was, ErrDate)
	}
	return fmt.Errorf("%s: %.60q: %w", place, was, ErrUnknown)
}

func first(maps []Map) Map {
	if len(maps) == 0 {
		return nil
	}
	return maps[0]
}

// check returns an error unless the preparer is one that Fit makes: Transform may trust it.
func (p *Preparer) check() error {
	if len(p.inputs) == 0 || len(p.types) != len(p.inputs) || len(p.outputs) == 0 {
		return fmt.Errorf("prepare: %w: %d columns, %d types, %d outputs", ErrCorrupt, len(p.inputs), len(p.types), len(p.outputs))
	}
	hot := false
	names := make([]string, len(p.outputs))
	levels := make([][]string, len(p.outputs))
	for k, o := range p.outputs {
		if o.From < 0 || o.From >= len(p.inputs) || hot && o.Levels == nil {
			return fmt.Errorf("prepare: %w: output %d of column %d", ErrCorrupt, k, o.From)
		}
		names[k], levels[k], hot = o.Name, o.Levels, o.Levels != nil
		if err := o.check(p.types[o.From]); err != nil {
			return fmt.Errorf("prepare: output %d: %w", k, err)
		}
	}
	if err := (&data.Dataset{Features: p.inputs}).CheckNames(); err != nil {
		return err
	}
	return (&data.Dataset{Features: names, Levels: levels}).CheckNames()
}

// check returns an error unless the maps are those of a column of the type, and make positions in the levels.
func (o *Output) check(is data.Type) error {
	for _, m := range o.Maps {
		if err := m.check(); err != nil {
			return err
		}
		reads := data.NumberType
		switch m.(type) {
		case Lookup, DatePart:
			reads = data.TextType
		case Missing:
			reads = is // of any
		}
		if reads != is {
			return fmt.Errorf("%w: %T of a %v", ErrCorrupt, m, is)
		}
		is = data.NumberType
	}
	switch {
	case is == data.TextType:
		return fmt.Errorf("%w: text that is not encoded", ErrCorrupt)
	case o.Levels == nil:
		return nil
	}
	return o.checkPositions()
}

// checkPositions returns an error unless the last map makes positions in the levels.
func (o *Output) checkPositions() error {
	if len(o.Maps) == 0 {
		return fmt.Errorf("%w: one-hot of a number", ErrCorrupt)
	}
	var made []float64
	switch m := o.Maps[len(o.Maps)-1].(type) {
	case Cut:
		made = []float64{float64(len(m.Edges))}
	case Lookup:
		made = append(slices.Clone(m.Values), places(m.Missing, m.Unknown)...)
	case Find:
		made = append(slices.Clone(m.Values), places(m.Missing, m.Unknown)...)
	default:
		return fmt.Errorf("%w: one-hot of %T", ErrCorrupt, m)
	}
	for _, v := range made {
		if !(v >= 0 && v <= float64(len(o.Levels))) || v != math.Trunc(v) {
			return fmt.Errorf("%w: position %g of %d levels", ErrCorrupt, v, len(o.Levels))
		}
	}
	return nil
}

// places returns the numbers that are not nil.
func places(list ...*float64) (v []float64) {
	for _, p := range list {
		if p != nil {
			v = append(v, *p)
		}
	}
	return v
}
