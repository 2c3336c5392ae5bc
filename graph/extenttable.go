package graph

import (
	"sync"
	"sync/atomic"
)

// An extentRow is what a negative extent is. It is comparable.
type extentRow struct {
	name        string // of a symbol
	factors     Ints   // of a product
	of, a, b, c int    // of a quotient
}

// extents is the table of the extents that are no numbers. Rows are only added, and read
// without a lock.
var extents = newExtentTable()

type extentTable struct {
	sync.Mutex
	byRow map[extentRow]int
	rows  atomic.Pointer[[]extentRow] // row i is of extent firstRow−i; row 0 of Batch
}

func newExtentTable() *extentTable {
	t := &extentTable{byRow: map[extentRow]int{}}
	t.rows.Store(&[]extentRow{})
	t.add(extentRow{name: "N"}) // Batch
	return t
}

// add returns the extent of a row, noExtent if the table is full.
func (t *extentTable) add(row extentRow) int {
	t.Lock()
	defer t.Unlock()
	if d, ok := t.byRow[row]; ok {
		return d
	}
	rows := *t.rows.Load()
	if len(rows) == maxExtents {
		return noExtent
	}
	d := firstRow - len(rows)
	if len(rows) == 0 {
		d = Batch
	}
	rows = append(rows, row) // readers of the old slice do not look past its end
	t.rows.Store(&rows)
	t.byRow[row] = d
	return d
}

// row returns the row of a negative extent, and whether there is one.
func (t *extentTable) row(d int) (extentRow, bool) {
	i := firstRow - d
	if d == Batch {
		i = 0
	} else if d > firstRow-1 {
		return extentRow{}, false
	}
	if rows := *t.rows.Load(); uint(i) < uint(len(rows)) {
		return rows[i], true
	}
	return extentRow{}, false
}
