package models

import (
	"context"
	"runtime"
	"testing"

	"adjoint/data"
	"adjoint/graph"
)

// asked is a context that is never done, and calls a function whenever that is
// asked: in the middle of a prediction.
type asked struct {
	context.Context
	do func()
}

func (a asked) Err() error {
	a.do()
	return nil
}

// While a program runs nobody else is handed it, nor the original that all are
// clones of; when it is done it is handed out again. On one thread a sync.Pool
// gives back what was put there last, so that nothing here is left to chance.
func TestOneProgramForEachGoroutine(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := data.Iris()
	m := &Deep{Layers: []Layer{Dense{Units: 3, Activation: Softmax}}}
	if _, err := m.Fit(t.Context(), d, FitOptions{Epochs: 1}); err != nil {
		t.Fatal(err)
	}
	f, err := m.get()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		programs *programPool
		use      func(context.Context, *data.Dataset) error
	}{
		"predict": {&f.predictPrograms, func(ctx context.Context, d *data.Dataset) error { _, _, err := f.predict(ctx, d); return err }},
		"evaluate": {&f.scorePrograms, func(ctx context.Context, d *data.Dataset) error {
			_, err := f.evaluate(ctx, d, sharing{parts: 1})
			return err
		}},
	} {
		for c.programs.idle.Get() != nil { // those of the training
		}
		asks := 0
		inTheMiddle := func() {
			asks++
			if p := c.programs.idle.Get(); p != nil {
				t.Errorf("%s: the program that runs is idle", name)
			}
		}
		if err := c.use(asked{t.Context(), inTheMiddle}, d); err != nil || asks == 0 {
			t.Errorf("%s: %d times in the middle, %v", name, asks, err)
		}
		seen := map[*graph.Program]bool{c.programs.original: true}
		for range 3 {
			p, err := c.programs.get()
			if err != nil {
				t.Fatal(err)
			}
			if seen[p] {
				t.Errorf("%s: a program was handed out twice", name)
			}
			seen[p] = true
		}
	}
}
