package kernel

import "testing"

// TestCopyPieces holds a copy to be that of one entry after the other, and to write nothing else.
func TestCopyPieces(t *testing.T) { each(t, testCopyPieces[float32], testCopyPieces[float64]) }

func testCopyPieces[T Float](t *testing.T) {
	for _, n := range []int{1, 2, 7, 8, 15, 16, 17, 32, 33, 50} {
		for _, p := range []Pieces{
			{Rows: 3, Parts: 4, Len: n, Row: 5 * n, Part: n, ToRow: n, ToPart: 3*n + 1},  // times of a tensor, to copies
			{Rows: 3, Parts: 4, Len: n, Row: n, Part: 3 * n, ToRow: 4 * n, ToPart: n},    // and back
			{Rows: 3, Parts: 4, Len: n, Row: 5 * n, Part: -n, ToRow: n, ToPart: 3*n + 1}, // in the other order
			{Rows: 3, Parts: 4, Len: n, Row: n, Part: 5 * n, ToRow: n, ToPart: 3*n + 1},  // rows together at each time
			{Rows: 1, Parts: 1, Len: n},
		} {
			from := max(0, -p.Part*(p.Parts-1))
			src := make([]T, from+p.Row*(p.Rows-1)+max(0, p.Part)*(p.Parts-1)+n)
			for i := range src {
				src[i] = T(i + 1)
			}
			got, intact := guarded[T](t, p.ToRow*(p.Rows-1)+p.ToPart*(p.Parts-1)+n, 3)
			want := append([]T(nil), got...)
			for i := range p.Rows {
				for j := range p.Parts {
					for k := range n {
						want[i*p.ToRow+j*p.ToPart+k] = src[from+i*p.Row+j*p.Part+k]
					}
				}
			}
			CopyPieces(got, 0, src, from, p)
			intact()
			for i, v := range got {
				if v != want[i] {
					t.Fatalf("%+v: entry %d is %v, should be %v", p, i, v, want[i])
				}
			}
		}
	}
}

func TestCopyPiecesOutside(t *testing.T) {
	x := make([]float64, 10)
	for _, p := range []Pieces{
		{Rows: 2, Parts: 1, Len: 6, Row: 5, ToRow: 4},
		{Rows: 1, Parts: 2, Len: 1, Part: -1},
		{Rows: 2, Parts: 2, Len: 1, ToRow: 9, ToPart: 1},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v of 10 entries to 10: no panic", p)
				}
			}()
			CopyPieces(x, 0, make([]float64, 10), 0, p)
		}()
	}
}
