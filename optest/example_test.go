package optest_test

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"
)

// A printer stands for the *testing.T of a test.
type printer struct{}

func (printer) Helper()                           {}
func (printer) Logf(format string, args ...any)   {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func ExampleCheck() {
	var t printer // in a test, its *testing.T
	cube := func(x *graph.Node) *graph.Node { return ops.Mul(x, ops.Square(x)) }
	report := optest.Check(t, optest.Op{
		Name:   "Cube",
		F:      optest.Unary(cube),
		Shapes: [][][]int{{{}}, {{2, 3}}},
		Entry:  func(x ...float64) float64 { return x[0] * x[0] * x[0] },
	})
	fmt.Println(report.Ops(), "op,", report.Failures, "failures")
	// Output: 1 op, 0 failures
}
