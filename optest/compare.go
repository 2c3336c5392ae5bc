package optest

import (
	"fmt"
	"math"
)

// A comparison is of two lists of numbers that a law says are equal.
type comparison struct {
	law       Law
	what      string // "rF, input 0"
	got, want []float64
	gotName   string // "r"
	wantName  string // "differences"
	allowed   []float64
	at        func(i int) string               // names entry i; nil is its position
	hint      func(got, want []float64) string // what a failure usually means; may be nil
}

// compare asserts that the numbers are equal but for what is allowed; two NaN
// are. It counts as one check.
func (c *checker) compare(q comparison) {
	c.t.Helper()
	c.report.Checks++
	if len(q.got) != len(q.want) {
		c.fail(q.law, "%s: %s has %d entries, %s %d", q.what, q.gotName, len(q.got), q.wantName, len(q.want))
		return
	}
	bad, worst, most := 0, 0, -1.
	for i, got := range q.got {
		if over := excess(got, q.want[i], q.allowed[i]); over > 1 {
			if bad++; over > most {
				worst, most = i, over
			}
		}
	}
	if bad == 0 {
		return
	}
	at := fmt.Sprintf("entry %d", worst)
	if q.at != nil {
		at = q.at(worst)
	}
	message := fmt.Sprintf("%s, %s: %s gives %.15g, %s %.15g, apart by %.2g where %.2g is allowed (%d of %d entries differ)",
		q.what, at, q.gotName, q.got[worst], q.wantName, q.want[worst],
		math.Abs(q.got[worst]-q.want[worst]), q.allowed[worst], bad, len(q.got))
	if q.hint != nil {
		if hint := q.hint(q.got, q.want); hint != "" {
			message += "\n\t" + hint
		}
	}
	c.fail(q.law, "%s", message)
}

// excess is how many times what is allowed two numbers are apart.
func excess(a, b, allowed float64) float64 {
	switch {
	case a == b, math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a), math.IsNaN(b), math.IsInf(a, 0), math.IsInf(b, 0), math.IsNaN(allowed):
		return math.Inf(1)
	}
	return math.Abs(a-b) / math.Max(allowed, math.SmallestNonzeroFloat64)
}

// sameBits asserts that two lists are the same numbers, NaN included.
func (c *checker) sameBits(law Law, what string, got [][]float64, gotName string, want [][]float64, wantName string) {
	c.t.Helper()
	a, b := flatten(got), flatten(want)
	c.compare(comparison{law: law, what: what, got: a, gotName: gotName, want: b, wantName: wantName, allowed: make([]float64, len(b))})
}

// times returns c·v.
func times(c float64, v []float64) []float64 {
	w := make([]float64, len(v))
	for i := range v {
		w[i] = c * v[i]
	}
	return w
}
