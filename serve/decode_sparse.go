package serve

import (
	"cmp"
	"slices"
)

// An entry of a sparse row.
type entry struct {
	column int32
	value  float64
}

// some reads the rest of a row {"x17": 0.5} of a model of sparse rows: features that it does not name are 0.
func (d *decoder) some() error {
	d.indexFeatures()
	var row []entry
	for !d.bracket('}') {
		k, err := d.feature()
		if err != nil {
			return err
		}
		x, err := d.value(k)
		if err != nil {
			return err
		}
		row = append(row, entry{int32(k), x})
	}
	slices.SortFunc(row, func(a, b entry) int { return cmp.Compare(a.column, b.column) })
	for i, e := range row {
		if i > 0 && e.column == row[i-1].column {
			return d.twice(d.features[e.column])
		}
		d.addEntry(e)
	}
	return nil
}

// compress ends a row of sparse ones; those of a list were read with their zeros.
func (d *decoder) compress() {
	for k, x := range d.x {
		d.addEntry(entry{int32(k), x})
	}
	d.x = d.x[:0]
	d.sparse.Starts = append(d.sparse.Starts, len(d.sparse.Values))
}

func (d *decoder) addEntry(e entry) {
	if e.value != 0 {
		d.sparse.Columns, d.sparse.Values = append(d.sparse.Columns, e.column), append(d.sparse.Values, e.value)
	}
}
