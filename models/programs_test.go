package models

import (
	"testing"

	"adjoint/data"
)

// No two goroutines have one program at a time, and none has the original, which
// clones are made of: whoever asks gets one that nobody has.
func TestProgramsAreNotShared(t *testing.T) {
	s := spec{layers: []Layer{Dense{Units: 1, Activation: Sigmoid}}, features: 2, classes: 2, rows: 1, dtype: (&Deep{}).dtype()}
	net, err := s.build(false)
	if err != nil {
		t.Fatal(err)
	}
	f, err := newFitted(net, nil, &data.Dataset{Features: data.Names(2), Classes: data.Names(2)})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*programs{&f.predicts, &f.scores} {
		a, b := p.get(), p.get()
		if a == b || a == p.original || b == p.original {
			t.Error("a program is handed out twice")
		}
		p.put(a)
		p.put(b)
		if c, d := p.get(), p.get(); c == d || c == p.original || d == p.original {
			t.Error("a program that was given back is handed out twice")
		}
	}
}
