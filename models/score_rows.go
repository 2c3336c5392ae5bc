package models

// A rowsOfNumbers is rows of so many numbers each, one after the other: predictions, or what they should have been.
type rowsOfNumbers struct {
	v     []float64
	width int
}

// len returns how many rows there are.
func (r rowsOfNumbers) len() int {
	if r.width == 0 {
		return 0
	}
	return len(r.v) / r.width
}

// row returns row i, which is part of r.
func (r rowsOfNumbers) row(i int) []float64 {
	return r.v[i*r.width : (i+1)*r.width : (i+1)*r.width]
}

// rows returns all of them, which are parts of r.
func (r rowsOfNumbers) rows() [][]float64 {
	list := make([][]float64, r.len())
	for i := range list {
		list[i] = r.row(i)
	}
	return list
}

// column returns number k of each row.
func (r rowsOfNumbers) column(k int) []float64 {
	if r.width == 1 {
		return r.v
	}
	v := make([]float64, r.len())
	for i := range v {
		v[i] = r.v[i*r.width+k]
	}
	return v
}

// atPlaces returns a row of k numbers, and its target, for each place of sequences that has a class. A row of r
// has T numbers for each of k classes, a row of classes the class of each of the T places, negative where there is none.
func (r rowsOfNumbers) atPlaces(classes rowsOfNumbers) (rows, targets rowsOfNumbers) {
	places := classes.width
	k := r.width / places
	rows.width, targets.width = k, 1
	for i, class := range classes.v {
		if class < 0 {
			continue
		}
		row, place := r.row(i/places), i%places
		for c := range k {
			rows.v = append(rows.v, row[c*places+place])
		}
		targets.v = append(targets.v, class)
	}
	return rows, targets
}

// ofClass returns the probability of a class in row i: one number is that of the second of two.
func (r rowsOfNumbers) ofClass(i, class int) float64 {
	switch {
	case r.width > 1:
		return r.v[i*r.width+class]
	case class == 0:
		return 1 - r.v[i]
	}
	return r.v[i]
}
