package optim_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"
)

// A training that is saved at step 20, restored and continued has the bits of one
// that never stopped.
func TestStateContinues(t *testing.T) {
	for _, r := range rules {
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			set := func(n net) {
				n.Schedule = optim.Cosine(60, 0)
				n.Clip.Norm = 1
			}
			whole := newNet(t, dtype, r.rule)
			set(whole)
			whole.train(t, 20)
			saved, err := json.Marshal(whole.State())
			check(t, err)
			params := whole.Params()

			resumed := newNet(t, dtype, r.rule)
			set(resumed)
			resumed.train(t, 3) // what was there before does not matter
			var state optim.State
			check(t, json.Unmarshal(saved, &state))
			check(t, resumed.SetState(state))
			for i, w := range resumed.Params() {
				check(t, tensor.Copy(w.Value(), params[i].Value()))
			}
			whole.train(t, 30)
			resumed.train(t, 30)
			if got, want := resumed.entries(), whole.entries(); !slices.Equal(got, want) {
				t.Errorf("%s, %v: %v, want %v", r.name, dtype, got, want)
			}
			if diff := cmp.Diff(whole.State(), resumed.State()); diff != "" {
				t.Errorf("%s, %v: %s", r.name, dtype, diff)
			}
		}
	}
}

// A State shares no memory with the Optimizer.
func TestStateIsACopy(t *testing.T) {
	n := newNet(t, tensor.Float64, optim.Adam{Rate: 0.1})
	n.train(t, 3)
	s, want := n.State(), n.State()
	s.Slots[0][0][0] = 99
	if diff := cmp.Diff(want, n.State()); diff != "" {
		t.Error(diff)
	}
	check(t, n.SetState(s))
	s.Slots[0][0][0] = 98
	if got := n.State().Slots[0][0][0]; got != 99 {
		t.Errorf("slot %g, want 99", got)
	}
}

// A state that does not fit is refused and changes nothing.
func TestStateMismatch(t *testing.T) {
	for name, spoil := range map[string]func(s *optim.State){
		"rule":       func(s *optim.State) { s.Rule = "optim.AdamW" },
		"no rule":    func(s *optim.State) { s.Rule = "" },
		"steps":      func(s *optim.State) { s.Steps = -1 },
		"parameters": func(s *optim.State) { s.Slots = s.Slots[1:] },
		"nothing":    func(s *optim.State) { s.Slots = nil },
		"slots":      func(s *optim.State) { s.Slots[1] = s.Slots[1][:1] },
		"entries":    func(s *optim.State) { s.Slots[1][1] = append(s.Slots[1][1], 0) },
		"NaN":        func(s *optim.State) { s.Slots[3][1][2] = math.NaN() },
		"too large":  func(s *optim.State) { s.Slots[3][1][2] = 1e39 },
	} {
		n := newNet(t, tensor.Float32, optim.Adam{Rate: 0.1})
		n.train(t, 3)
		want, s := n.State(), n.State()
		s.Steps = 7
		s.Slots[0][0][0] = 99
		spoil(&s)
		if err := n.SetState(s); !errors.Is(err, optim.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, n.State()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A rule that remembers nothing has a state too.
func TestStateOfDescent(t *testing.T) {
	g := graph.New()
	o := minimize(t, ops.Sum(ops.Square(g.Param("w", dense([]float64{1}, 1)))), optim.SGD{Rate: 0.1})
	check(t, o.Step())
	want := optim.State{Rule: "optim.SGD", Steps: 1, Slots: [][][]float64{{}}}
	if diff := cmp.Diff(want, o.State()); diff != "" {
		t.Error(diff)
	}
	check(t, o.SetState(optim.State{Rule: "optim.SGD", Slots: [][][]float64{nil}}))
	if o.Steps() != 0 {
		t.Errorf("%d steps, want 0", o.Steps())
	}
}
