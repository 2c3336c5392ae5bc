//go:build amd64 && !noasm

package kernel

import (
	"slices"
	"testing"
)

// A small product that is bound calls the assembly with the same arguments each time.
func TestBoundCallsStay(t *testing.T) {
	each(t, testBoundCallsStay[float32], testBoundCallsStay[float64])
}

func testBoundCallsStay[T Float](t *testing.T) {
	if inUse == plainGo {
		t.Skip("there are no calls")
	}
	p := Product{M: 6, N: 130, K: 40, A: RowMajor(40), B: RowMajor(130), LDC: 130}
	bound := Bind(p, make([]T, 6*130), nil, make([]T, 6*40), make([]T, 40*130))
	before := slices.Clone(bound.calls.outers)
	if bound.Do(0, 1); len(before) == 0 || !slices.Equal(bound.calls.outers, before) {
		t.Errorf("calls %+v are %+v the second time", before, bound.calls.outers)
	}
}
