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
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			var ends [2][][]float64
			for i, rule := range []optim.Rule{r.rule, whole{r.rule.(optim.Rule32)}} {
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
