package prepare

import (
	"slices"
	"testing"

	"adjoint/data"
)

// Columns come out the same, however many are taken in a pass, of rows that are more than a piece.
func TestEachColumn(t *testing.T) {
	d := data.Iris()
	d.Lines = nil
	for d.Rows() <= data.PieceRows {
		d.X, d.Y = append(d.X, d.X...), append(d.Y, d.Y...)
	}
	for i := range d.X {
		d.X[i] += float64(i) // no row is another's
	}
	for _, atOnce := range []int{1, d.Rows(), 2 * d.Rows(), 3*d.Rows() - 1, 1 << 20} {
		next := 0
		err := eachColumn(d, atOnce, func(j int, c *column) error {
			want, err := d.Column(d.Features[j])
			if j != next || c.From != j || c.Name != d.Features[j] || !slices.Equal(c.values, want) {
				t.Errorf("%d numbers at once: column %d, where %d is next", atOnce, j, next)
			}
			next++
			return err
		})
		if err != nil || next != 4 {
			t.Errorf("%d numbers at once: %d columns, %v", atOnce, next, err)
		}
	}
}
