package ops

import (
	"fmt"

	"adjoint/graph"
	"adjoint/internal/kernel"
)

// A pooled is the window of a pool, given the shape of its image.
func (p Window) pooled(op string, x *Node) (Window, *Node) {
	if x.Err() != nil {
		return p, refuse(op, x.Err(), x)
	}
	for a := range 2 {
		if p.Stride[a] == 0 {
			p.Stride[a] = p.Size[a]
		}
	}
	q, err := p.over(x.Shape())
	if err != nil {
		return p, refuse(op, err, x)
	}
	return q.ungrouped(), nil
}

// poolShape is the shape of one entry for each place of the window. Every place has to have
// an entry on the image.
func (p Window) poolShape(x Shape) (Shape, error) {
	h, w, err := p.places(x)
	if err != nil {
		return Shape{}, err
	}
	for a, n := range rowsAndColumns(x) {
		if max(p.Before[a], p.After[a]) >= p.span(a) || !p.meetsAxis(a, n) {
			return Shape{}, fmt.Errorf("%w: a window over %d entries with a dilation of %d, %d zeros before and %d after: it may have no entry on the image", graph.ErrShape, p.span(a), p.Dilation[a], p.Before[a], p.After[a])
		}
	}
	return imageShape(x, x.Dim(0), h, w), nil
}

// meetsAxis reports whether the window has an entry on an axis of n entries at every place,
// given that it reaches over none of its edges by as much as it spans.
func (p Window) meetsAxis(axis, n int) bool {
	d, before, after := p.Dilation[axis], p.Before[axis], p.After[axis]
	if d == 1 || max(before, after) <= 0 {
		return true
	}
	if graph.Symbolic(n) {
		return false
	}
	for o := -before; o+p.span(axis) <= n+after; o += p.Stride[axis] {
		if inside := n - p.span(axis) - o; o >= 0 && inside >= 0 { // as are many, up to the last
			o += inside / p.Stride[axis] * p.Stride[axis]
			continue
		}
		first := o
		if o < 0 {
			first = (o%d + d) % d // the first entry that is not before the axis
		}
		if first >= n || first >= o+p.span(axis) {
			return false
		}
	}
	return true
}

// A poolRow is a row of places where the same entries of the window are on the image, and
// where in y and in x it begins.
type poolRow struct {
	kernel.PoolRow
	y, x int
}

// poolRows returns all places of a window, of the extents y, on an image of the extents x.
func (p Window) poolRows(y, x [4]int) (list []poolRow) {
	rows, cols, n := p.hits(0, y[1], x[1], false), p.hits(1, y[2], x[2], false), y[3]
	apart := p.Stride[0] >= p.span(0) && p.Stride[1] >= p.span(1)
	for c := range y[0] {
		for o, row := range rows {
			for first := 0; first < len(cols); {
				k := 1
				for first+k < len(cols) && follows(cols[first], cols[first+k], k*p.Stride[1]) {
					k++
				}
				top, left := row[0].at, cols[first][0].at
				r := poolRow{kernel.PoolRow{Places: k, Step: p.Stride[1] * n, N: n, Apart: apart}, ((c*y[1]+o)*y[2] + first) * n, ((c*x[1]+top)*x[2] + left) * n}
				for _, i := range row {
					for _, j := range cols[first] {
						r.Entries = append(r.Entries, ((i.at-top)*x[2]+j.at-left)*n)
					}
				}
				list = append(list, r)
				first += k
			}
		}
	}
	return list
}
