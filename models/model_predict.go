package models

import (
	"context"
	"fmt"
	"math"
	"slices"

	"adjoint/compute"
	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A binding is a formula and the data set that feeds it.
type binding struct {
	*fitted
	outputs         []Output
	inputs, targets []reader
	d               *data.Dataset
	room            int       // how many rows will be predicted
	converted       []float64 // what entries returned last, of float32
}

// bind finds in d, which is prepared, what feeds the inputs, and the targets if they are
// wanted.
func (f *fitted) bind(d *data.Dataset, wantTargets bool) (b *binding, err error) {
	b = &binding{fitted: f, outputs: f.formula.Outputs, d: d, room: d.Rows()}
	inputs, targets := f.inputs, f.targets
	if inputs == nil {
		r := Roles{Inputs: f.formula.Inputs, Columns: f.formula.Columns}
		if wantTargets {
			r.Targets = f.formula.Targets
		}
		sources, err := sourcesOf(&r, d)
		if err != nil {
			return nil, err
		}
		inputs, targets = sources[:len(r.Inputs)], sources[len(r.Inputs):]
		if b.outputs, err = inferred(b.outputs, targets, d); err != nil {
			return nil, err
		}
	}
	if b.inputs, err = readersOf(inputs, d); err != nil || !wantTargets {
		return b, err
	}
	b.targets, err = readersOf(targets, d)
	return b, err
}

// checkTargets returns an error unless d has targets, and the classes that the model was
// fitted on.
func (f *fitted) checkTargets(d *data.Dataset) error {
	if f.network != nil && targetsOf(d) == nil {
		return fmt.Errorf("%w: no targets", data.ErrLabel)
	}
	for i := range f.targets {
		t := &f.targets[i]
		if !t.label {
			continue
		}
		if d.Y == nil {
			return fmt.Errorf("%w: no targets", data.ErrLabel)
		}
		for _, o := range f.formula.Outputs {
			if o.Target == t.leaf && o.Kind.named() && !slices.Equal(o.Classes, d.Classes) {
				return fmt.Errorf("%w: classes %.200q, the model was fitted on %.200q; read the rows with these, by CSV.Classes", data.ErrLabel, d.Classes, o.Classes)
			}
		}
	}
	return nil
}

// predict returns the predictions for the rows of d, which is prepared, by output.
func (f *fitted) predict(ctx context.Context, d *data.Dataset) (*binding, []rowsOfNumbers, error) {
	b, err := f.bind(d, false)
	if err != nil {
		return nil, nil, err
	}
	p, err := f.predictPrograms.get()
	if err != nil {
		return nil, nil, err
	}
	defer f.predictPrograms.put(p)
	values := make([]rowsOfNumbers, len(b.outputs))
	err = forEachChunk(ctx, 0, d.Rows(), func(rows []int) error { return b.predictRows(p, rows, values) })
	return b, values, err
}

// forEachChunk calls do for the rows from, from+1, …, to-1, a chunk at a time, until it fails or
// ctx is done.
func forEachChunk(ctx context.Context, from, to int, do func(rows []int) error) error {
	rows := make([]int, min(chunkRows, to-from))
	for ; from < to; from += chunkRows {
		if ctx.Err() != nil {
			return cancelled(ctx)
		}
		rows = rows[:min(chunkRows, to-from)]
		for i := range rows {
			rows[i] = from + i
		}
		if err := do(rows); err != nil {
			return err
		}
	}
	return nil
}

// predictRows runs a program on rows, and appends the predictions to those of each output.
func (b *binding) predictRows(p *graph.Program, rows []int, values []rowsOfNumbers) error {
	if err := feed(p, b.inputs, rows); err != nil {
		return err
	}
	if err := p.Run(); err != nil {
		return err
	}
	for i, o := range b.outputs {
		v, err := p.Value(b.predictionNodes[i])
		if err != nil {
			return err
		}
		if err = b.appendRows(&values[i], o.Kind, b.entries(v), rows); err != nil {
			return err
		}
	}
	return nil
}

// entries returns the entries of a value of a program, until the program runs again or entries is called again.
func (b *binding) entries(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float64 {
		return compute.Data[float64](v)
	}
	b.converted = b.converted[:0]
	for _, x := range compute.Data[float32](v) {
		b.converted = append(b.converted, float64(x))
	}
	return b.converted
}

// appendRows appends columns, a prediction for each of rows, as rows. There is room for those of all rows at once, so that many are
// not copied as they grow.
func (b *binding) appendRows(list *rowsOfNumbers, kind Kind, columns []float64, rows []int) error {
	n := len(rows)
	k := len(columns) / n
	if list.v == nil {
		list.width, list.v = k, make([]float64, 0, k*b.room)
	}
	from := len(list.v)
	list.v = append(list.v, columns...)
	for j := range n {
		row := list.v[from+j*k:][:k]
		for i := range row {
			row[i] = columns[i*n+j]
			if math.IsNaN(row[i]) || math.IsInf(row[i], 0) {
				return fmt.Errorf("%s makes the network give %g: %w", b.d.Place(rows[j]), row[i], data.ErrNotFinite)
			}
			if !kind.named() {
				continue
			}
			if !(-probabilityTolerance <= row[i] && row[i] <= 1+probabilityTolerance) {
				return fmt.Errorf("%w: %s makes the network give %g for a probability; end with sigmoid or softmax, or give the Loss a Proba",
					ErrOutputs, b.d.Place(rows[j]), row[i])
			}
			row[i] = min(max(row[i], 0), 1)
		}
	}
	return nil
}
