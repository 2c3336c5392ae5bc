// Gomlx times W3 and W4 of the module's bench in the Go backend of gomlx, on one thread: the
// steps of a network of float32 with Adam, whose parameters and state are lent from step to
// step. It is a module of its own, so that the other depends on none of this.
//
//	go -C bench/gomlx run .                       # plain Go
//	GOEXPERIMENT=simd go -C bench/gomlx run .     # with the vectors of an amd64
package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

func main() {
	log.SetFlags(0)
	steps := flag.Int("steps", 40, "steps of W4; W3 takes a hundred times as many")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	for _, w := range []work{
		{"W3", []int{10, 32, 8, 1}, 32, 100 * *steps},
		{"W4", []int{784, 512, 256, 10}, 128, *steps},
	} {
		best, loss, err := w.run()
		if err != nil {
			log.Fatalf("%s: %v", w.name, err)
		}
		fmt.Printf("%s\t%v a step at least, loss %.3g at last\n", w.name, best, loss)
	}
}

// A work is the training of a network by batches of size.
type work struct {
	name  string
	nodes []int
	size  int
	steps int
}

// run returns the time of the fastest step, and the loss of the last.
func (w *work) run() (best time.Duration, loss float32, err error) {
	backend := gobackend.GetBackend()
	exec, err := graph.NewExec(backend, w.step)
	if err != nil {
		return 0, 0, err
	}
	x, y, state := w.values()
	best = math.MaxInt64
	for step := 1; step <= w.steps; step++ {
		args := []any{x, y, tensors.FromValue(float32(step))}
		for _, s := range state {
			lent, err := graph.DonateTensorBuffer(s, backend, 0)
			if err != nil {
				return 0, 0, err
			}
			args = append(args, lent)
		}
		start := time.Now()
		out, err := exec.Call(args...)
		if err != nil {
			return 0, 0, err
		}
		best = min(best, time.Since(start))
		state, loss = out[1:], tensors.ToScalar[float32](out[0])
	}
	return best, loss, nil
}

// values returns a batch, and the parameters and both means of Adam.
func (w *work) values() (x, y *tensors.Tensor, state []*tensors.Tensor) {
	r := rand.New(rand.NewPCG(1, 2))
	normal := func(rows, cols int, deviation float64) *tensors.Tensor {
		v := make([][]float32, rows)
		for i := range v {
			v[i] = make([]float32, cols)
			for j := range v[i] {
				v[i][j] = float32(deviation * r.NormFloat64())
			}
		}
		return tensors.FromValue(v)
	}
	for _, gain := range []float64{2, 0, 0} {
		for l, out := range w.nodes[1:] {
			in := w.nodes[l]
			state = append(state, normal(in, out, math.Sqrt(gain/float64(in))), normal(1, out, 0))
		}
	}
	classes := w.nodes[len(w.nodes)-1]
	labels := make([][]float32, w.size)
	for i := range labels {
		labels[i] = make([]float32, classes)
		labels[i][r.IntN(classes)] = 1
	}
	return normal(w.size, w.nodes[0], 1), tensors.FromValue(labels), state
}

// step is the graph of a step: of a batch, the number of the step and the state, it makes the
// loss and the state after it.
func (w *work) step(in []*graph.Node) []*graph.Node {
	x, y, t, state := in[0], in[1], in[2], in[3:]
	n := len(state) / 3
	params, means, squares := state[:n], state[n:2*n], state[2*n:]
	j := w.loss(x, y, params)
	one := graph.ScalarOne(t.Graph(), t.DType())
	unbiased := func(beta float64) *graph.Node {
		return graph.Sub(one, graph.Exp(graph.MulScalar(t, math.Log(beta))))
	}
	first, second := unbiased(0.9), unbiased(0.999)
	out := make([]*graph.Node, 1+3*n)
	out[0] = j
	for i, g := range graph.Gradient(j, params...) {
		m := graph.Add(graph.MulScalar(means[i], 0.9), graph.MulScalar(g, 0.1))
		v := graph.Add(graph.MulScalar(squares[i], 0.999), graph.MulScalar(graph.Square(g), 0.001))
		root := graph.AddScalar(graph.Sqrt(graph.Div(v, second)), 1e-8)
		move := graph.MulScalar(graph.Div(graph.Div(m, first), root), 1e-3)
		out[1+i], out[1+n+i], out[1+2*n+i] = graph.Sub(params[i], move), m, v
	}
	return out
}

// loss is the mean loss of a network of ReLU: the logistic one of a single output, else the
// cross entropy of softmax.
func (w *work) loss(x, y *graph.Node, params []*graph.Node) *graph.Node {
	zero := graph.ScalarZero(x.Graph(), x.DType())
	a := x
	for l := 0; l < len(params); l += 2 {
		if l > 0 {
			a = graph.Max(a, zero)
		}
		a = graph.Add(graph.MatMul(a, params[l]), params[l+1])
	}
	if w.nodes[len(w.nodes)-1] == 1 {
		softplus := graph.Add(graph.Max(a, zero), graph.Log1P(graph.Exp(graph.Neg(graph.Abs(a)))))
		return graph.ReduceAllMean(graph.Sub(softplus, graph.Mul(a, y)))
	}
	return graph.MulScalar(graph.ReduceAllSum(graph.Mul(y, graph.LogSoftmax(a, -1))), -1/float64(w.size))
}
