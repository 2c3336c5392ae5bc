package prepare

import (
	"slices"
	"testing"

	"adjoint/data"
)

// Columns come out the same, however many are taken in a pass.
func TestEachColumn(t *testing.T) {
	d := data.Iris()
	for _, atOnce := range []int{1, 150, 300, 449, 1 << 20} {
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
