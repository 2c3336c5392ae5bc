package main

import (
	"testing"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// The test of ADBench: its data/ba/test.txt, ten times the same observation, and the values of
// its test/cpp/modules/common/BaTests.cpp.
func TestBAOfADBench(t *testing.T) {
	const observations = 10
	b := newBundle(tensor.Float64)
	p := must(graph.Compile(b.err, b.jac, b.weight, b.slope))(t)
	of, seen := zeros(tensor.Float64, 15, observations), zeros(tensor.Float64, 2, observations)
	columns := func(v *tensor.Dense, entries ...float64) {
		for i := range v.Float64s() {
			v.Float64s()[i] = entries[i/observations]
		}
	}
	columns(of, 1.797201, 0.590697, -0.635786, 90.859550, 29.361415, 28.777534, 211.628116, -0.284531, -14.762924, 0.058931, 0.069976,
		4.173048, 5.586898, 1.403869, 0.417022)
	columns(seen, -525.672849, 161.811929)
	for x, v := range map[*graph.Node]*tensor.Dense{b.of: of, b.seen: seen} {
		if err := p.Feed(x, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for y, want := range map[*graph.Node][]float64{
		b.err: {-2.69048849235189402e-01, 2.59944792677901881e-01},
		b.jac: {
			2.28877202208246757e+02, 6.34574811495545418e+02, -7.82222866259340549e+02, 2.42892615607159668e+00, -1.17828079628011313e+01, 2.54169312487743460e+00,
			-1.03657084958518086e+00, 4.17022e-01, 0.0, -3.50739521096005205e+02, -9.12107773668008576e+02,
			-2.42892615607159668e+00, 1.17828079628011313e+01, -2.54169312487743460e+00, -6.45167039712987389e-01,
			-1.20542435994996879e+02, -3.85673240766460424e+02, 9.75476291403326456e+01, -1.78372108529576567e+00, 4.15466799433126077e+00, 2.04025718029898906e+00,
			3.49176397433145880e-01, 0.0, 4.17022e-01, 1.18149147704414503e+02, 3.07250108960343255e+02,
			1.78372108529576567e+00, -4.15466799433126077e+00, -2.04025718029898906e+00, 6.23335921553064054e-01,
		},
		b.weight: {8.26092651515999976e-01},
		b.slope:  {-8.34044e-01},
	} {
		for i, got := range must(p.Value(y))(t).Float64s() {
			near(t, "value", got, want[i/observations], 1e-10)
		}
	}
}

func BenchmarkW13(b *testing.B) { benchmarkPrograms(b, newBA) }
