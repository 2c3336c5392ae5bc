package ops

import "math"

// A number is a parameter of an op, held by its bits: equal ops of the same nodes are
// one node, and as floats 0 and −0 are equal.
type number struct{ bits uint64 }

func numberOf(v float64) number { return number{math.Float64bits(v)} }

func (n number) float() float64 { return math.Float64frombits(n.bits) }
