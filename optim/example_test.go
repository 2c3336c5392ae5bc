package optim_test

import (
	"context"
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"
)

// lion moves every entry by its rate, in the direction of a momentum (X. Chen et
// al. 2023).
type lion struct{ rate float64 }

func (r lion) LearningRate() float64 { return r.rate }
func (lion) Slots() int              { return 1 }
func (lion) Move(s optim.Step, w, g []float64, slots ...[]float64) {
	m := slots[0]
	for i := range w {
		w[i] -= math.Copysign(s.Rate, 0.9*m[i]+0.1*g[i])
		m[i] = 0.99*m[i] + 0.01*g[i]
	}
}

// A rule of one's own, here Lion, trains what the rules of the package train.
func ExampleRule() {
	g := graph.New()
	w := g.Param("w", dense([]float64{1, -2}, 2))
	opt, err := optim.Minimize(ops.Sum(ops.Square(w)), lion{rate: 0.125})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 12 {
		if err := opt.Step(); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(w.Value().Data())
	// Output: [-0.25 -0.5]
}

// Fitting a line, w·x + b, to three points: each step takes what was fed last.
func ExampleMinimize() {
	g := graph.New()
	x, y := g.Input("x", 1, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b := g.Param("w", dense([]float64{0}, 1, 1)), g.Param("b", dense([]float64{0}, 1, 1))
	line := ops.Bias(b, ops.MatMul(w, x))
	j := ops.Mean(ops.Square(ops.Sub(line, y)))

	opt, err := optim.Minimize(j, optim.SGD{Rate: 0.1, Momentum: 0.9})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 300 {
		for _, err := range []error{
			opt.Feed(x, dense([]float64{-1, 0, 1}, 1, 3)),
			opt.Feed(y, dense([]float64{1, 3, 5}, 1, 3)),
			opt.Step(),
		} {
			if err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	fmt.Printf("%.3f·x + %.3f\n", w.Value().Data(), b.Value().Data())
	// Output: [2.000]·x + [3.000]
}

// The rate warms up for 100 steps and then falls along a cosine. Gradients are
// clipped to a global norm of 1.
func ExampleSchedule() {
	g := graph.New()
	w := g.Param("w", dense([]float64{3, 4}, 2))
	opt, err := optim.Minimize(ops.Sum(ops.Square(w)), optim.AdamW{Rate: 0.01})
	if err != nil {
		fmt.Println(err)
		return
	}
	opt.Schedule = optim.WarmUp(100).Then(100, optim.Cosine(900, 0))
	opt.Clip.Norm = 1
	for k := range 1001 {
		if k%250 == 0 {
			fmt.Printf("step %4d: rate %.5f\n", k+1, opt.Rate())
		}
		if err := opt.Step(); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// step    1: rate 0.00010
	// step  251: rate 0.00933
	// step  501: rate 0.00587
	// step  751: rate 0.00179
	// step 1001: rate 0.00000
}

// The valley of Rosenbrock, whose minimum is at (1, 1).
func ExampleLBFGS() {
	g := graph.New()
	a, b := g.Param("a", dense([]float64{-1.2})), g.Param("b", dense([]float64{1}))
	valley := ops.Square(ops.Sub(b, ops.Square(a)))
	j := ops.Add(ops.Scale(100, valley), ops.Square(ops.OneMinus(a)))

	o, err := optim.NewObjective(j)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := optim.LBFGS{}.Minimize(context.Background(), o)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("converged: %v, at (%.6f, %.6f)\n", r.Converged, a.Value().Data(), b.Value().Data())
	// Output: converged: true, at (1.000000, 1.000000)
}

// ½‖w − c‖² + ‖w‖₁ has its minimum at the soft threshold of c, with zeros that
// are zeros.
func ExampleFISTA() {
	g := graph.New()
	w, c := g.Param("w", dense([]float64{0, 0, 0}, 3)), g.Constant("c", dense([]float64{3, -0.5, -2}, 3))
	o, err := optim.NewObjective(ops.Scale(0.5, ops.Sum(ops.Square(ops.Sub(w, c)))))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := optim.FISTA{L1: 1}.Minimize(context.Background(), o)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("converged: %v, at %.6f\n", r.Converged, w.Value().Data())
	// Output: converged: true, at [2.000000 0.000000 -1.000000]
}

// What an optimizer remembers can be kept, and taken up again.
func ExampleOptimizer_State() {
	start := func(w float64) *optim.Optimizer {
		g := graph.New()
		opt, err := optim.Minimize(ops.Square(g.Param("w", dense([]float64{w}))), optim.SGD{Rate: 0.25, Momentum: 0.5})
		if err != nil {
			panic(err)
		}
		return opt
	}
	step := func(opt *optim.Optimizer) {
		if err := opt.Step(); err != nil {
			fmt.Println(err)
		}
		fmt.Println("step", opt.Steps(), "leads to", opt.Params()[0].Value().Data())
	}
	opt := start(1)
	step(opt)
	state := opt.State()
	step(opt)

	resumed := start(0.5)
	if err := resumed.SetState(state); err != nil {
		fmt.Println(err)
	}
	step(resumed)
	// Output:
	// step 1 leads to 0.5
	// step 2 leads to 0
	// step 2 leads to 0
}
