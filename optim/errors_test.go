package optim_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// slotless is a rule with an impossible number of slots.
type slotless struct{ optim.Adam }

func (slotless) Slots() int { return -1 }

func TestBadRules(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		rule optim.Rule
		want error
	}{
		{nil, optim.ErrOption},
		{slotless{optim.Adam{Rate: 1}}, optim.ErrOption},
		{optim.SGD{}, optim.ErrRate},
		{optim.SGD{Rate: -0.1}, optim.ErrRate},
		{optim.SGD{Rate: nan}, optim.ErrRate},
		{optim.SGD{Rate: inf}, optim.ErrRate},
		{optim.AdaGrad{}, optim.ErrRate},
		{optim.RMSProp{Rate: -1}, optim.ErrRate},
		{optim.Adam{Rate: nan}, optim.ErrRate},
		{optim.AdamW{}, optim.ErrRate},
		{optim.SGD{Rate: 1, Momentum: 1}, optim.ErrOption},
		{optim.SGD{Rate: 1, Momentum: -0.1}, optim.ErrOption},
		{optim.SGD{Rate: 1, Momentum: nan}, optim.ErrOption},
		{optim.SGD{Rate: 1, Nesterov: true}, optim.ErrOption},
		{optim.AdaGrad{Rate: 1, Eps: -1}, optim.ErrOption},
		{optim.RMSProp{Rate: 1, Alpha: 1}, optim.ErrOption},
		{optim.RMSProp{Rate: 1, Eps: inf}, optim.ErrOption},
		{optim.Adam{Rate: 1, Beta1: 1}, optim.ErrOption},
		{optim.Adam{Rate: 1, Beta2: -1}, optim.ErrOption},
		{optim.Adam{Rate: 1, Eps: nan}, optim.ErrOption},
		{optim.AdamW{Rate: 1, Beta1: 2}, optim.ErrOption},
		{optim.AdamW{Rate: 1, Beta2: nan}, optim.ErrOption},
		{optim.AdamW{Rate: 1, Eps: -1}, optim.ErrOption},
		{optim.AdamW{Rate: 1, Decay: -1}, optim.ErrOption},
	} {
		g := graph.New()
		j := ops.Sum(g.Param("w", dense([]float64{1}, 1)))
		if _, err := optim.Minimize(j, c.rule); !errors.Is(err, c.want) {
			t.Errorf("%T%+v: %v", c.rule, c.rule, err)
		}
	}
}

func TestBadObjectives(t *testing.T) {
	g, other := graph.New(), graph.New()
	w, x := g.Param("w", dense([]float64{1, 2}, 2)), g.Input("x", 2)
	j, c := inner(w, x), g.Const(1)
	alien := other.Param("w", dense([]float64{1, 2}, 2))
	for name, c := range map[string]struct {
		j      *graph.Node
		params []*graph.Node
		want   error
	}{
		"nil J":                      {nil, nil, graph.ErrGraph},
		"nil parameter":              {j, []*graph.Node{nil}, graph.ErrGraph},
		"failed J":                   {ops.Sum(ops.Mul(w, g.Input("y", 3))), nil, graph.ErrShape},
		"J is no scalar":             {ops.Mul(w, x), nil, graph.ErrNotScalar},
		"no parameter":               {c, nil, optim.ErrParams},
		"parameter of another graph": {j, []*graph.Node{alien}, graph.ErrGraph},
		"an input":                   {j, []*graph.Node{x}, optim.ErrParams},
		"an applied node":            {j, []*graph.Node{ops.Mul(w, x)}, optim.ErrParams},
		"given twice":                {j, []*graph.Node{w, w}, optim.ErrParams},
	} {
		if _, err := optim.Minimize(c.j, optim.SGD{Rate: 1}, c.params...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := optim.NewObjective(c.j, c.params...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadFeeds(t *testing.T) {
	n := newNet(t, tensor.Float64, optim.SGD{Rate: 0.1})
	if err := n.Step(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("step before any feed: %v", err)
	}
	if _, err := n.StepLoss(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("step before any feed: %v", err)
	}
	if _, err := n.Loss(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("loss before any feed: %v", err)
	}
	for want, v := range map[error]*tensor.Dense{
		graph.ErrLayout: nil,
		graph.ErrShape:  dense(make([]float64, 6), 3, 2),
		graph.ErrType:   dense(make([]float32, 8), 4, 2),
	} {
		if err := n.Feed(n.x, v); !errors.Is(err, want) {
			t.Errorf("feed %v: %v", v, err)
		}
	}
	if err := n.Feed(nil, dense(make([]float64, 8), 4, 2)); !errors.Is(err, graph.ErrGraph) {
		t.Errorf("feed nil: %v", err)
	}
	// x has 6 examples, y 2.
	check(t, n.Feed(n.x, n.batches[0][0]))
	check(t, n.Feed(n.y, n.batches[1][1]))
	for name, step := range map[string]func() error{
		"Step":     n.Step,
		"StepLoss": func() error { _, err := n.StepLoss(); return err },
		"Loss":     func() error { _, err := n.Loss(); return err },
	} {
		if err := step(); !errors.Is(err, graph.ErrUnfed) {
			t.Errorf("%s with x of 6 examples and y of 2: %v", name, err)
		}
	}
	n.train(t, 3) // and it can still be used
}
