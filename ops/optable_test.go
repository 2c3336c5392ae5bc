package ops_test

import (
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/optest"
)

// A row of the op table says what optest.Check needs to know of an op: every
// exported op has at least one. Rows are in the files table_*_test.go, by
// subject.
type row = optest.Op

type node = graph.Node

const batch = graph.Batch

var (
	unary   = optest.Unary
	binary  = optest.Binary
	ternary = optest.Ternary
	between = optest.Between
	values  = optest.Values
	apart   = optest.Apart
)

type (
	domains = []optest.Domain
	array   = optest.Array
)

// table returns all rows.
func table() []row {
	return slices.Concat(
		rowsBias,
		rowsBroadcast,
		rowsMatMul,
		rowsReduce,
		rowsShape,
		rowsActivation,
		rowsElementary,
		rowsArith,
		rowsSoftmax,
		rowsLosses,
	)
}

// Every op obeys the laws.
func TestOpTable(t *testing.T) {
	var total optest.Report
	for _, r := range table() {
		t.Run(r.Name, func(t *testing.T) { total.Add(optest.Check(t, r)) })
	}
	t.Log(total)
}
