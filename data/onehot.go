package data

import "fmt"

// OneHot encodes each y, one of the classes 0, …, k−1, as a row of k numbers: 1 at y and 0 elsewhere. The result is N×k,
// row-major, as with Keras's to_categorical. The error wraps ErrLabel for any other y, and ErrArgument if k < 1.
// [Dataset.GatherOneHot] writes the same as columns.
func OneHot(y []float64, k int) ([]float64, error) {
	if k < 1 {
		return nil, fmt.Errorf("data: OneHot: %d classes: %w", k, ErrArgument)
	}
	hot := make([]float64, len(y)*k)
	for i, c := range y {
		if !isClass(c, k) {
			return nil, fmt.Errorf("data: OneHot: row %d: label %v of %d classes: %w", i, c, k, ErrLabel)
		}
		hot[i*k+int(c)] = 1
	}
	return hot, nil
}
