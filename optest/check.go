package optest

// T is what Check and Gradient use of a *testing.T.
type T interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
}

// Check asserts every Law of an op.
func Check(t T, op Op) Report {
	t.Helper()
	var r Report
	r.count(op.base())
	return r
}
