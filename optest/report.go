package optest

import "fmt"

// A Report counts what Check did. The zero Report is of nothing; Add sums them
// up for a table of ops.
type Report struct {
	Checks     int // comparisons made
	Exemptions int // laws that an op need not obey
	Failures   int // comparisons that failed, exemptions without need included
	ops        map[string]bool
}

// Ops returns the number of different ops.
func (r Report) Ops() int { return len(r.ops) }

// Add adds the counts of another report.
func (r *Report) Add(s Report) {
	r.Checks += s.Checks
	r.Exemptions += s.Exemptions
	r.Failures += s.Failures
	for name := range s.ops {
		r.count(name)
	}
}

// String returns the counts as "ops 83, checks 12345, exemptions 9, failures 0".
func (r Report) String() string {
	return fmt.Sprintf("ops %d, checks %d, exemptions %d, failures %d", r.Ops(), r.Checks, r.Exemptions, r.Failures)
}

func (r *Report) count(op string) {
	if r.ops == nil {
		r.ops = map[string]bool{}
	}
	r.ops[op] = true
}
