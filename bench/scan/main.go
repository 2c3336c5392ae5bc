// Scan measures a recurrence: forward and backward of an LSTM or of a small cell, as a Scan, as the
// unrolled graph, or as a Scan that keeps nothing but its trajectory.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/pprof"
	"slices"
	"time"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

type node = graph.Node

func main() {
	hidden := flag.Int("hidden", 64, "units")
	features := flag.Int("features", 32, "extent of x")
	times := flag.Int("times", 50, "T")
	examples := flag.Int("examples", 32, "N")
	how := flag.String("how", "scan", "scan, unrolled")
	pieces := flag.Int("pieces", 1, "scans one after the other, each of T/pieces times")
	cell := flag.String("cell", "lstm", "lstm, tanh")
	all := flag.Bool("all", false, "all entrywise ops leave loops")
	forward := flag.Bool("forward", false, "no gradient")
	profile := flag.String("profile", "", "file")
	print := flag.Bool("print", false, "the program")
	flag.Parse()
	graph.SetThreads(1)


	rng := rand.New(rand.NewPCG(1, 1))
	begin := time.Now()
	g := graph.NewOf(tensor.Float32)
	T := *times
	if *how == "scan" {
		T = graph.Extent("T")
	}
	x := g.Input("x", *features, T, graph.Batch)
	var more []*node
	for range *pieces - 1 {
		more = append(more, g.Input("x", *features, T, graph.Batch))
	}
	*times /= *pieces
	h, n := *hidden, *features
	state, f := h, ops.Step(nil)
	var p []*node
	if *cell == "lstm" {
		state = 2 * h
		p = []*node{weights(g, rng, 4*h, n), weights(g, rng, 4*h, h), weights(g, rng, 4*h, 1)}
		f = func(s *node, x ...*node) *node { return lstm(h, p, s, x[0]) }
	} else {
		p = []*node{weights(g, rng, h, n), weights(g, rng, h, h), weights(g, rng, h, 1)}
		f = func(s *node, x ...*node) *node {
			return ops.Tanh(ops.Add(ops.Bias(p[2], ops.MatMul(p[0], x[0])), ops.MatMul(p[1], s)))
		}
	}
	s0 := g.Const(0, state, graph.Batch)
	var s *node
	if *how == "scan" {
		s = ops.Scan(f, s0, x)
	} else {
		s = unroll(f, s0, x)
	}
	cost := func(s *node) *node { return ops.Mean(ops.Square(ops.Slice(s, 0, 0, h))) }
	j := cost(s)
	for _, x := range more {
		s = ops.Scan(f, ops.Index(s, 1, -1), x)
		j = ops.Add(j, cost(s))
	}
	j = ops.Scale(1/float64(*pieces), j)
	out := []*node{j}
	if !*forward {
		out = append(out, graph.Gradient(j, p...)...)
	}
	built := time.Since(begin)
	program, err := graph.Compile(out...)
	check(err)
	compiled := time.Since(begin)
	check(program.Feed(x, dense(rng, 1, n, *times, *examples)))
	for _, x := range more {
		check(program.Feed(x, dense(rng, 1, n, *times, *examples)))
	}
	bound := time.Since(begin)
	check(program.Run())
	if *print {
		fmt.Println(program)
	}
	if *profile != "" {
		file, err := os.Create(*profile)
		check(err)
		check(pprof.StartCPUProfile(file))
		defer pprof.StopCPUProfile()
	}
	var took []float64
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end) || len(took) < 5; {
		begin := time.Now()
		check(program.Run())
		took = append(took, time.Since(begin).Seconds()*1e3)
	}
	slices.Sort(took)
	v, err := program.Value(j)
	check(err)
	fmt.Printf("%-8s %s h=%d n=%d T=%d N=%d all=%v: %.3f ms (least %.3f), build %.2f compile %.2f bind %.2f ms, nodes %d, J %v\n", *how, *cell, h, n, *times, *examples, *all,
		took[len(took)/2], took[0], ms(built), ms(compiled-built), ms(bound-compiled), g.Len(), v.Float32s()[0])
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func dense(rng *rand.Rand, scale float64, dims ...int) *tensor.Dense {
	v := make([]float32, tensor.Shape(dims).TotalSize())
	for i := range v {
		v[i] = float32(scale * rng.NormFloat64())
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v))
}

func weights(g *graph.Graph, rng *rand.Rand, m, n int) *node {
	return g.Param("p", dense(rng, 0.1, m, n))
}

func lstm(hidden int, p []*node, s, x *node) *node {
	h, c := ops.Slice(s, 0, 0, hidden), ops.Slice(s, 0, hidden, 2*hidden)
	z := ops.Add(ops.Bias(p[2], ops.MatMul(p[0], x)), ops.MatMul(p[1], h))
	part := func(i int) *node { return ops.Slice(z, 0, i*hidden, (i+1)*hidden) }
	i, f, g, o := ops.Sigmoid(part(0)), ops.Sigmoid(part(1)), ops.Tanh(part(2)), ops.Sigmoid(part(3))
	c = ops.Add(ops.Mul(f, c), ops.Mul(i, g))
	return ops.Concat(0, ops.Mul(o, ops.Tanh(c)), c)
}

func unroll(f ops.Step, s *node, x *node) *node {
	T := x.Shape().Dim(1)
	states := make([]*node, T)
	for t := range T {
		s = f(s, ops.Squeeze(ops.Slice(x, 1, t, t+1), 1))
		states[t] = s
	}
	return ops.Stack(1, states...)
}
