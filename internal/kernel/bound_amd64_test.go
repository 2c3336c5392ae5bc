//go:build amd64 && !noasm

package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// A small product that is bound calls the assembly with the same arguments each time.
func TestBoundCallsStay(t *testing.T) {
	each(t, testBoundCallsStay[float32], testBoundCallsStay[float64])
}

func testBoundCallsStay[T Float](t *testing.T) {
	if inUse == plainGo {
		t.Skip("there are no calls")
	}
	for _, m := range []int{1, 2, 3, 6} { // wide tiles, which fetch ahead, and others
		p := Product{M: m, N: 130, K: 40, A: RowMajor(40), B: RowMajor(130), LDC: 130}
		bound := Bind(p, make([]T, m*130), nil, make([]T, m*40), make([]T, 40*130))
		before := slices.Clone(bound.calls.outers)
		if bound.Do(0, 1); len(before) == 0 || !slices.Equal(bound.calls.outers, before) {
			t.Errorf("%d rows: calls %+v are %+v the second time", m, before, bound.calls.outers)
		}
	}
}

// Calls that begin at a later panel of the copy of B read from there: wide tiles of AVX-512 leave such
// calls, and here one call is made two.
func TestBoundPanels(t *testing.T) { each(t, testBoundPanels[float32], testBoundPanels[float64]) }

func testBoundPanels[T Float](t *testing.T) {
	if inUse == plainGo {
		t.Skip("there are no calls")
	}
	const m, k = 24, 16
	_, panel := outerTile[T](1<<10, k)
	n := 9 * panel
	p := Product{M: m, N: n, K: k, A: RowMajor(k), B: RowMajor(k).transposed(), LDC: n}
	a, b, c, want := make([]T, m*k), make([]T, n*k), make([]T, m*n), make([]T, m*n)
	for i := range a {
		a[i] = T(i%7) - 3
	}
	for i := range b {
		b[i] = T(i%11) - 5
	}
	Gemm(&p, want, nil, a, b)
	q := note(&p, c, nil, a, b)
	whole := q.outers
	q.outers = nil
	for _, first := range whole {
		if first.panels > 1 && first.bPanel == panel*k*sizeof[T]() { // of a tile of one panel
			rest := first
			first.panels, first.rest = 1, 0
			rest.panels, rest.moved = rest.panels-1, rest.moved+rest.bPanel
			rest.c = unsafe.Add(rest.c, panel*sizeof[T]())
			q.outers = append(q.outers, first, rest)
		} else {
			q.outers = append(q.outers, first)
		}
	}
	if doCalls[T](&q); q.scratch == 0 || len(q.outers) < 2 || !slices.Equal(c, want) {
		t.Errorf("%d calls, of a copy of %d entries: %v, want %v", len(q.outers), q.scratch, c, want)
	}
}

// Products of one form have their calls in common, but not with one of matrices that overlap.
func TestBoundForms(t *testing.T) { each(t, testBoundForms[float32], testBoundForms[float64]) }

func testBoundForms[T Float](t *testing.T) {
	if inUse == plainGo {
		t.Skip("there are no calls")
	}
	r := rand.New(rand.NewPCG(3, 4))
	random := func() []T {
		s := make([]T, 24*24)
		for i := range s {
			s[i] = T(r.NormFloat64())
		}
		return s
	}
	for _, p := range []Product{
		{M: 24, N: 24, K: 24, A: RowMajor(24), B: RowMajor(24), Cin: RowMajor(24), LDC: 24},
		{M: 24, N: 24, K: 24, A: RowMajor(24), B: RowMajor(24).transposed(), Cin: RowMajor(24), LDC: 24},
		{M: 24, N: 18, K: 24, A: RowMajor(24), B: RowMajor(24).transposed(), Cin: RowMajor(18), LDC: 18},
		{M: 24, N: 1, K: 24, A: RowMajor(24).transposed(), B: RowMajor(1), Cin: RowMajor(1), LDC: 1},
	} {
		var forms []*formCalls
		for _, same := range []string{"a is b", "cin is c", "none", "none"} {
			c, cin, a, b := random(), random(), random(), random()
			switch same {
			case "a is b":
				b = a
			case "cin is c":
				cin = c
			}
			want := slices.Clone(c)
			if same == "cin is c" {
				Gemm(&p, want, want, a, b)
			} else {
				Gemm(&p, want, cin, a, b)
			}
			bound := Bind(p, c, cin, a, b)
			if bound.Do(0, 1); !slices.Equal(c, want) {
				t.Errorf("%+v where %s: other values than those of Gemm", p, same)
			}
			forms = append(forms, formOf(&p, c, cin, a, b))
		}
		if forms[2] != forms[3] || forms[2] == forms[0] || forms[2] == forms[1] || !forms[2].any() {
			t.Errorf("%+v: forms %p, want the last two the same, and others before", p, forms)
		}
	}
}
