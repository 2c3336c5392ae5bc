package play

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"adjoint/examples/internal/kept"
)

func session(t *testing.T, change func(*Config)) *Session {
	t.Helper()
	c := Default()
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func state(t *testing.T, s *Session) *State {
	t.Helper()
	st, err := s.State()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(st); err != nil {
		t.Fatal(err)
	}
	return st
}

// Every data set is learned from, by every loss, activation and rule, and the formula goes
// through a file.
func TestSessionLearns(t *testing.T) {
	csv := "a,b,c,kind\n" + strings.Repeat("0.1,0.2,3,left\n0.9,1.2,-3,right\n0.2,0.1,2,left\n1.1,0.8,-2,right\n", 10)
	for name, change := range map[string]func(*Config){
		"moons":    nil,
		"rings":    func(c *Config) { c.Data, c.Activation = "rings", "relu" },
		"blobs":    func(c *Config) { c.Data = "blobs" },
		"iris":     func(c *Config) { c.Data, c.Activation, c.Rate = "iris", "sigmoid", 0.05 },
		"csv":      func(c *Config) { c.Data, c.CSV, c.Rule, c.Rate = "csv", csv, "momentum", 0.1 },
		"squared":  func(c *Config) { c.Loss = "squared" },
		"sgd":      func(c *Config) { c.Rule, c.Rate, c.Batch = "sgd", 1, 0 },
		"logistic": func(c *Config) { c.Data, c.Layers, c.CSV, c.Activation = "csv", nil, csv, "identity" },
	} {
		s := session(t, change)
		kept.Nodes(s.net.j, s.net.a)
		s.Train(1500)
		if st := state(t, s); st.Accuracy < 0.95 || st.Stopped != "" || st.Steps != 1500 {
			t.Errorf("%s: accuracy %v after %d steps, stopped %q", name, st.Accuracy, st.Steps, st.Stopped)
		}
		b, err := s.Boundary(20)
		if err != nil || len(b.Classes) != 400 || len(b.Sure) != 400 {
			t.Errorf("%s: boundary %v", name, err)
		}
	}
}

// The curve stays short, and its points stay the costs of their steps.
func TestCurve(t *testing.T) {
	s := session(t, func(c *Config) { c.Rows, c.Layers = 40, []int{2} })
	s.Train(3*mostCosts + 7)
	st := state(t, s)
	if len(st.Costs) > mostCosts || st.Every != 4 || len(st.Costs)-1 != st.Steps/st.Every {
		t.Errorf("%d costs, one in %d of %d steps", len(st.Costs), st.Every, st.Steps)
	}
}

// A rate that is too large is warned of, one that learns is not.
func TestWarning(t *testing.T) {
	for rate, want := range map[float64]bool{0.05: false, 0.5: false, 5: false, 50: true, 500: true} {
		s := session(t, func(c *Config) { c.Rule, c.Rate = "sgd", rate })
		s.Train(1500)
		if st := state(t, s); strings.Contains(st.Warning, "diverges") != want {
			t.Errorf("rate %v: J %v, %q", rate, st.Costs[len(st.Costs)-1], st.Warning)
		}
	}
}

// Every arrow of an example obeys the law, and the step is w − rate·∂L/∂w.
func TestLook(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"two classes": nil, "three": func(c *Config) { c.Data = "iris" }, "squared": func(c *Config) { c.Loss, c.Activation = "squared", "relu" },
	} {
		s := session(t, change)
		s.Train(20)
		look, err := s.Look(3)
		if err != nil {
			t.Fatal(err)
		}
		arrows := 0
		for _, b := range look.Backward {
			if b.Law != nil {
				arrows++
				if !b.Law.Holds || b.Law.Left == 0 {
					t.Errorf("%s: %s: ⟨rF(ζ), ξ⟩ = %v, ⟨ζ, dF(ξ)⟩ = %v", name, b.Name, b.Law.Left, b.Law.Right)
				}
			}
		}
		if arrows < 12 || len(look.Update) != 6 || len(look.Caption) == 0 || !strings.Contains(look.SVG, "</svg>") {
			t.Errorf("%s: %d arrows, %d moves", name, arrows, len(look.Update))
		}
		for _, m := range look.Update {
			for i, x := range m.New.Entries {
				if want := m.Old.Entries[i] - 0.05*m.Gradient.Entries[i]; x != want {
					t.Errorf("%s: %s[%d] is %v, not %v", name, m.Name, i, x, want)
				}
			}
		}
		if _, err := json.Marshal(look); err != nil {
			t.Error(err)
		}
	}
}

// A ξ of one's choice: a unit entry of w[1] picks out one entry of r₁φ(ζ).
func TestLawAtUnitEntry(t *testing.T) {
	s := session(t, nil)
	look, err := s.Look(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range look.Backward {
		if b.Law == nil {
			continue
		}
		xi := make([]float64, len(b.Value.Entries))
		xi[len(xi)-1] = 1
		l, err := s.LawAt(0, b.Node, b.Input, xi)
		if err != nil {
			t.Fatal(err)
		}
		if want := b.Value.Entries[len(xi)-1]; l.Left != want || !l.Holds {
			t.Errorf("%s: %v, not %v; it holds: %v", b.Name, l.Left, want, l.Holds)
		}
	}
	for _, err := range []error{
		func() error { _, err := s.LawAt(0, 99, 0, nil); return err }(),
		func() error { _, err := s.Look(-1); return err }(),
		func() error {
			_, err := s.LawAt(0, look.Backward[1].Node, look.Backward[1].Input, make([]float64, 77))
			return err
		}(),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
}

// Each switch shows what it says.
func TestBreaks(t *testing.T) {
	for _, b := range Breaks() {
		s := session(t, func(c *Config) { c.Break = b.Key })
		s.Train(100)
		st := state(t, s)
		wrong := 0
		for _, f := range st.Seen {
			t.Logf("%s: %s: %s %v", b.Key, f.Name, f.Value, f.Wrong)
			if f.Wrong {
				wrong++
			}
		}
		if wrong == 0 {
			t.Errorf("%s shows nothing wrong", b.Key)
		}
		t.Logf("%s: accuracy %v, J %v, %s", b.Key, st.Accuracy, st.Costs[len(st.Costs)-1], st.Stopped)
	}
}

func TestCheckMine(t *testing.T) {
	for _, e := range Exercises() {
		v, err := Check(e.Key, e.Answer)
		if err != nil || !v.Right {
			t.Errorf("%s: %s: %v %+v", e.Key, e.Answer, err, v)
		}
		if v, err = Check(e.Key, "-("+e.Answer+")"); err != nil || v.Right || !strings.Contains(v.Message, "the sign is wrong") {
			t.Errorf("%s with a wrong sign: %v %+v", e.Key, err, v)
		}
	}
	for key, formulas := range map[string]map[string]string{
		"rtanh":    {"1 - a*a": "ζ is lost", "zeta": "the derivative of tanh is lost", "zeta * (1 - SQUARE(tanh(z)))": "agree"},
		"rsigma":   {"a * (1 - a)": "ζ is lost"},
		"rexp":     {"a": "ζ is lost"},
		"rsoftmax": {"a * (1 - a)": "differ"},
		"rloss":    {"(1-y)/(1-a) - y/a": "ζ is lost"},
	} {
		for formula, want := range formulas {
			if v, err := Check(key, formula); err != nil || !strings.Contains(v.Message, want) || strings.Contains(v.Message, "⊙") {
				t.Errorf("%s: %s: %v %+v, want %q", key, formula, err, v, want)
			}
		}
	}
	for formula, want := range map[string]string{
		" ": "no formula yet", "w^2": "no power", "1^2*zeta": "no power",
		"MatMul(w, zeta)": "shapes do not compose", "zeta +": "no formula", "1 + 2": "is a number", "q": "there is no q", "Solve(zeta)": "the functions are",
		"MatMul(zeta)": "2 arguments", "zeta & x": "not + - * or /", "zeta[0]": "functions", "T(1)": "of a number", strings.Repeat("(", 3000): "at most",
	} {
		v, err := Check("r2phi", formula)
		text := ""
		if err != nil {
			text = err.Error()
		} else {
			text = v.Message
		}
		if strings.Contains(text, ".go:") || !strings.Contains(text, want) || v != nil && v.Right {
			t.Errorf("%q: %s", formula[:min(20, len(formula))], text)
		}
	}
	if _, err := Check("none", "zeta"); err == nil {
		t.Error("no error for an exercise that is not there")
	}
}

func TestConfigRefused(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"data": func(c *Config) { c.Data = "stars" }, "rate": func(c *Config) { c.Rate = math.NaN() }, "units": func(c *Config) { c.Layers = []int{0} },
		"rows": func(c *Config) { c.Rows = 1e9 }, "break": func(c *Config) { c.Break = "all" }, "points": func(c *Config) { c.Data = "points" },
		"csv":    func(c *Config) { c.Data, c.CSV = "csv", "a,b\n1,x\n" },
		"text":   func(c *Config) { c.Data, c.CSV = "csv", "a,b,kind\n1,x,left\n2,y,right\n" },
		"class":  func(c *Config) { c.Data, c.Points = "points", []Point{{Class: 7}, {}, {}, {}} },
		"layers": func(c *Config) { c.Layers = make([]int, 9) },
	} {
		c := Default()
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
