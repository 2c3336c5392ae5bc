package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func randoms[T Float](rng *rand.Rand, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(rng.NormFloat64())
	}
	return s
}

// near fails unless two slices agree to so many times the distance from 1 to the next T.
func near[T Float](t *testing.T, what string, got, want []T, times float64) {
	t.Helper()
	for i := range want {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= times*epsilon[T]()) && !same(got[i], want[i]) {
			t.Fatalf("%s: entry %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// Sums of products of parts of two matrices are those of their definition, at every level
// and for all tiles, and nothing else is written.
func TestTaps(t *testing.T) { each(t, testTaps[float32], testTaps[float64]) }

func testTaps[T Float](t *testing.T) {
	rng := newRand()
	for _, m := range []int{1, 2, 3, 5, 6, 7, 11, 12, 13, 25} {
		for _, cols := range []int{1, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 193} {
			for _, k := range []int{1, 3, 13, 20} {
				checkTaps[T](t, rng, m, cols, k, Layout{Row: 5 * k, Col: 5}, cols+9, rng.IntN(2) == 0, rng.IntN(2) == 0)
			}
		}
	}
	// A large A of distant columns, and one of contiguous columns.
	checkTaps[T](t, rng, 17, 2100, 5, Layout{Row: 1, Col: 300}, 2130, false, true)
	checkTaps[T](t, rng, 7, 100, 20, Layout{Row: 25, Col: 1}, 109, false, false)
}

func checkTaps[T Float](t *testing.T, rng *rand.Rand, m, cols, k int, in Layout, bRow int, floor, add bool) {
	t.Helper()
	p := TapProduct{M: m, K: k, A: in, BRow: bRow, LDC: cols + 3, Floor: floor, Add: add}
	all := []Tap{{A: 0, B: 4}, {A: 3, B: 0}, {A: 4, B: 9}}
	next := m * p.LDC
	p.Runs = []Run{
		{C: 1, Cols: cols, Taps: all},
		{C: 1 + next, Cols: cols, B: 2, Cin: 1, Taps: all[:2]},
		{C: 2 + 2*next, Cols: cols},
	}
	a, b, cin := randoms[T](rng, m*in.Row+k*in.Col+5), randoms[T](rng, k*bRow+cols+20), randoms[T](rng, m+1)
	want := make([]T, 3*next+9)
	for i := range want {
		want[i] = -12
	}
	got := slices.Clone(want)
	for _, r := range p.Runs {
		for i := range m {
			for j := range cols {
				s, at := cin[r.Cin+i], r.C+i*p.LDC+j
				if add {
					s = want[at]
				}
				for _, tap := range r.Taps {
					for q := range k {
						s += a[r.A+tap.A+i*in.Row+q*in.Col] * b[r.B+tap.B+q*bRow+j]
					}
				}
				if floor {
					s = max(s, 0)
				}
				if !add || len(r.Taps) > 0 {
					want[at] = s
				}
			}
		}
	}
	q := BindTaps(p, got, cin, a, b)
	q.Do(0, 1)
	q.Do(1, 3)
	near(t, fmt.Sprintf("m=%d cols=%d k=%d floor=%v add=%v", m, cols, k, floor, add), got, want, 20*float64(k+4))
}

// Runs of the same taps that are computed together are what they are alone, wherever their columns
// lie: some next to each other and some apart, in the order of b or not.
func TestTapsParts(t *testing.T) { each(t, testTapsParts[float32], testTapsParts[float64]) }

func testTapsParts[T Float](t *testing.T) {
	rng := newRand()
	for _, m := range []int{1, 3, 6, 8} {
		for _, runs := range []int{1, 2, 3, 4, 6, 9} {
			for _, cols := range []int{8, 16, 24, 48, 144, 20} {
				for _, add := range []bool{false, true} {
					checkParts[T](t, rng, m, runs, cols, add)
				}
			}
		}
	}
}

func checkParts[T Float](t *testing.T, rng *rand.Rand, m, runs, cols int, add bool) {
	t.Helper()
	const k = 10
	p := TapProduct{M: m, K: k, A: Layout{Row: 3 * k, Col: 3}, BRow: 3 * runs * cols, LDC: 2 * runs * cols, Add: add, Floor: !add}
	taps, fewer := []Tap{{A: 0, B: 1}, {A: 2, B: 0}}, []Tap{{A: 1, B: 3}}
	for i, at := range rng.Perm(runs) {
		r := Run{C: 2 * at * cols, B: 3 * (runs - 1 - i) * cols, Cols: cols, Taps: taps}
		if i%5 == 4 {
			r.Taps = fewer
		}
		if i == 1 {
			r.A, r.Cin = 1, 1
		}
		if i%3 == 0 {
			p.Blocks = append(p.Blocks, i)
		}
		p.Runs = append(p.Runs, r)
	}
	a, b, cin := randoms[T](rng, m*p.A.Row+1), randoms[T](rng, k*p.BRow+cols), randoms[T](rng, m+1)
	got := randoms[T](rng, m*p.LDC)
	want := slices.Clone(got)
	shares := rng.IntN(min(m, 5))
	p.Shares = shares
	together := BindTaps(p, got, cin, a, b)
	p.Blocks, p.Shares = nil, 0
	for _, r := range p.Runs {
		alone := p
		alone.Runs = []Run{r}
		BindTaps(alone, want, cin, a, b).Do(0, 1)
	}
	if parts := together.Parts(); parts != (runs+2)/3*max(1, shares) {
		t.Fatalf("%d runs are %d parts", runs, parts)
	}
	at := rng.IntN(together.Parts())
	together.Do(at, together.Parts())
	together.Do(0, at)
	near(t, fmt.Sprintf("m=%d runs=%d cols=%d add=%v", m, runs, cols, add), got, want, 100)
}

// A product whose B is in panels is that of the same B in rows.
func TestTapsInPanels(t *testing.T) { each(t, testTapsInPanels[float32], testTapsInPanels[float64]) }

func testTapsInPanels[T Float](t *testing.T) {
	panel := PanelColumns[T]()
	if panel == 0 {
		t.Skip("B cannot be in panels")
	}
	rng := newRand()
	for m := 1; m <= 13; m++ {
		for _, panels := range []int{1, 2, 5} {
			k, cols, add := 10, panels*panel, m%2 == 0
			p := TapProduct{M: m, K: k, A: Layout{Row: 2 * k, Col: 2}, BRow: cols, LDC: cols, Add: add, Floor: !add}
			p.Runs = []Run{{Cols: cols, Taps: []Tap{{}, {A: 1, B: k * cols}}}}
			a, b, cin := randoms[T](rng, m*2*k), randoms[T](rng, 2*k*cols), randoms[T](rng, m)
			got := randoms[T](rng, m*cols)
			want := slices.Clone(got)
			BindTaps(p, want, cin, a, b).Do(0, 1)
			p.BRow, p.BPanel = panel, (k+1)*panel
			inPanels := make([]T, 2*panels*p.BPanel)
			p.Runs = []Run{{Cols: cols, Taps: []Tap{{}, {A: 1, B: panels * p.BPanel}}}}
			for i := range 2 * k {
				for j := range panels {
					copy(inPanels[(i/k*panels+j)*p.BPanel+i%k*panel:], b[i*cols+j*panel:][:panel])
				}
			}
			BindTaps(p, got, cin, a, make([]T, len(inPanels))).On(inPanels).Do(0, 1)
			near(t, fmt.Sprintf("m=%d panels=%d", m, panels), got, want, 100)
			p.Runs[0].Cols--
			mustPanic(t, "part of a panel", func() { BindTaps(p, got, cin, a, inPanels) })
		}
	}
}

// NaN stays where negative entries become 0.
func TestTapsFloorNaN(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		p := TapProduct{M: 1, K: 1, A: Layout{1, 1}, BRow: 3, LDC: 3, Floor: true, Runs: []Run{{Cols: 3, Taps: []Tap{{}}}}}
		c := make([]float64, 3)
		BindTaps(p, c, nil, []float64{1}, []float64{nan, -inf, 2}).Do(0, 1)
		if !same(c[0], nan) || c[1] != 0 || c[2] != 2 {
			t.Errorf("max(0, (NaN, -Inf, 2)) is %v", c)
		}
	})
}

// What lies outside of a slice is refused before anything is computed.
func TestTapsOutside(t *testing.T) {
	good := TapProduct{M: 2, K: 1, A: Layout{1, 1}, BRow: 4, LDC: 4, Runs: []Run{{Cols: 4, Taps: []Tap{{}}}}}
	for name, change := range map[string]func(p *TapProduct){
		"c":          func(p *TapProduct) { p.Runs[0].C = 1 },
		"a":          func(p *TapProduct) { p.Runs[0].Taps[0].A = 1 },
		"b":          func(p *TapProduct) { p.Runs[0].B = 1 },
		"cin":        func(p *TapProduct) { p.Runs[0].Cin = 1 },
		"before a b": func(p *TapProduct) { p.Runs[0].Taps[0].B = -1 },
	} {
		p := good
		p.Runs = []Run{{Cols: 4, Taps: []Tap{{}}}}
		change(&p)
		mustPanic(t, name, func() { BindTaps(p, make([]float32, 8), make([]float32, 2), make([]float32, 2), make([]float32, 4)) })
	}
}

// Products of rows that lie in pieces are those of their definition, for all tiles.
func TestRunDots(t *testing.T) { each(t, testRunDots[float32], testRunDots[float64]) }

func testRunDots[T Float](t *testing.T) {
	rng := newRand()
	for _, m := range []int{1, 2, 3, 4, 5, 7, 9} {
		for _, cols := range []int{1, 2, 3, 5, 6, 7, 13} {
			for _, n := range []int{1, 7, 16, 33, 1030} {
				runs := []DotRun{{A: 0, B: 5, Len: n}, {A: n + 1, B: 0, Len: n/2 + 1}}
				job, ldc := DotJob{Runs: runs}, 2*cols+3
				for j := range cols {
					job.Cols = append(job.Cols, DotCol{C: 2 * ((j + 1) % cols), B: 3 * (cols - j)})
				}
				p := RunDots{M: m, N: 2*cols + 1, C: 1, LDC: ldc, A: 2, ARow: 2*n + 7, Jobs: []DotJob{job, {}, job}}
				a, b := randoms[T](rng, m*p.ARow+2), randoms[T](rng, n+3*cols+6)
				got := make([]T, m*ldc+2)
				want := slices.Clone(got)
				for i := range m {
					for _, col := range job.Cols {
						s := 0.
						for _, r := range runs {
							for l := range r.Len {
								s += float64(a[2+r.A+i*p.ARow+l]) * float64(b[col.B+r.B+l])
							}
						}
						want[1+i*ldc+col.C] += T(2 * s)
					}
				}
				for i := range m { // it sets what it adds to, and other columns to 0
					Fill(got[1+i*ldc:][:p.N], 7)
				}
				q := BindDots(p, got, a, b)
				q.Do(0, 1)
				q.Do(1, q.Parts())
				near(t, fmt.Sprintf("m=%d cols=%d n=%d", m, cols, n), got, want, 200*math.Sqrt(float64(n+20)))
			}
		}
	}
}

// A transpose is that of the definition for rows and columns that fill vectors or do not.
func TestTranspose(t *testing.T) { each(t, testTranspose[float32], testTranspose[float64]) }

func testTranspose[T Float](t *testing.T) {
	rng := newRand()
	for _, rows := range []int{1, 4, 7, 8, 9, 25, 260} {
		for _, cols := range []int{1, 3, 8, 17, 64, 150} {
			stride := cols + 5
			for _, to := range []int{rows, rows + 3} {
				src := randoms[T](rng, rows*stride-5)
				dst, intact := guarded[T](t, (cols-1)*to+rows, 3)
				Transpose(dst, src, rows, cols, to, stride)
				intact()
				for i := range rows {
					for j := range cols {
						if dst[j*to+i] != src[i*stride+j] {
							t.Fatalf("%d×%d: entry (%d, %d) is %v, want %v", rows, cols, j, i, dst[j*to+i], src[i*stride+j])
						}
					}
				}
			}
		}
	}
}
