package optim_test

import (
	"runtime"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// whole is a rule that is not known to be entrywise: it is given whole parameters.
type whole struct{ optim.Rule32 }

// Large parameters are moved in portions, by threads. They end with the bits that
// the rule gives whole parameters.
func TestPortions(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, r := range rules {
		rule32, ok := r.rule.(optim.Rule32)
		if !ok {
			t.Errorf("%T has no Move32: a rule of this package moves float32 too", r.rule)
			continue
		}
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			var ends [2][][]float64
			for i, rule := range []optim.Rule{r.rule, whole{rule32}} {
				g := graph.NewOf(dtype)
				var params []*graph.Node
				var j *graph.Node
				for k, n := range []int{70001, 3, 16384, 1} {
					entries := any(normal(uint64(k), n))
					if dtype == tensor.Float32 {
						entries = narrow(normal(uint64(k), n))
					}
					w := g.Param("w", dense(entries, n))
					params = append(params, w)
					if term := ops.Sum(ops.Square(w)); j == nil {
						j = term
					} else {
						j = ops.Add(j, term)
					}
				}
				o, err := optim.Minimize(j, rule, params...)
				check(t, err)
				for range 5 {
					check(t, o.Step())
				}
				for _, w := range params {
					ends[i] = append(ends[i], entries(w.Value()))
				}
			}
			for k := range ends[0] {
				if !slices.Equal(ends[0][k], ends[1][k]) {
					t.Errorf("%s, %v: parameter %d differs", r.name, dtype, k)
				}
				if slices.Equal(ends[0][k], normal(uint64(k), len(ends[0][k]))) {
					t.Errorf("%s, %v: parameter %d has not moved", r.name, dtype, k)
				}
			}
		}
	}
}

// own is Adam by a step of one's own, or with other numbers: what was readied for Adam is not taken for it.
type own struct {
	optim.Adam
	change func(r *optim.Adam, s *optim.Step)
}

func (r own) Move(s optim.Step, w, g []float64, mv ...[]float64) {
	r.change(&r.Adam, &s)
	r.Adam.Move(s, w, g, mv...)
}

func TestStepsOfOnesOwn(t *testing.T) {
	for name, change := range map[string]func(r *optim.Adam, s *optim.Step){
		"as it is": func(*optim.Adam, *optim.Step) {},
		"rate":     func(_ *optim.Adam, s *optim.Step) { s.Rate /= 3 },
		"T":        func(_ *optim.Adam, s *optim.Step) { s.T += 7 },
		"β":        func(r *optim.Adam, _ *optim.Step) { r.Beta1 = 0.5 },
	} {
		var ends [2][]float64
		rule := own{optim.Adam{Rate: 0.1}, change}
		for i, rule := range []optim.Rule{rule, struct{ optim.Rule }{rule}} {
			w := graph.New().Param("w", dense(normal(1, 5), 5))
			o, err := optim.Minimize(ops.Sum(ops.Square(w)), rule)
			check(t, err)
			for range 3 {
				check(t, o.Step())
			}
			ends[i] = entries(w.Value())
		}
		if !slices.Equal(ends[0], ends[1]) {
			t.Errorf("%s: %v, and as a rule that is not readied %v", name, ends[0], ends[1])
		}
	}
}
