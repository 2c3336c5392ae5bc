package main

import (
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

const (
	units  = 96 // of a vector
	heads  = 4
	layers = 2 // of the transformer
)

// A model gives scores to what comes next: of all positions of a text at once, or of one at a time.
type model struct {
	g       *graph.Graph
	random  *rand.Rand
	numbers int // of all weights

	scores    func(index *graph.Node) *graph.Node
	generator func() (*sequence.Generator, error)
}

func newModel(g *graph.Graph, kind string, symbols, length int, seed uint64) *model {
	m := &model{g: g, random: rand.New(rand.NewPCG(seed, 0))}
	switch kind {
	case "gru":
		m.gru(symbols)
	case "transformer":
		m.transformer(symbols, length)
	default:
		log.Fatalf("-model %s: want gru or transformer", kind)
	}
	return m
}

// weight is a parameter (m, n), normal with a deviation that keeps the size of what it is applied to.
func (m *model) weight(name string, rows, columns int) *graph.Node {
	v := make([]float32, rows*columns)
	for i := range v {
		v[i] = float32(m.random.NormFloat64() / math.Sqrt(float64(columns)))
	}
	return m.param(name, v, rows, columns)
}

// constant is a parameter (m, 1) that begins as c.
func (m *model) constant(name string, c float32, rows int) *graph.Node {
	v := make([]float32, rows)
	for i := range v {
		v[i] = c
	}
	return m.param(name, v, rows, 1)
}

func (m *model) param(name string, v []float32, dims ...int) *graph.Node {
	m.numbers += len(v)
	return m.g.Param(name, tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v)))
}

// gru is a recurrent layer over vectors of the symbols.
func (m *model) gru(symbols int) {
	table, out := m.weight("symbols", symbols, units), m.weight("scores", symbols, units)
	cell := sequence.GRU(m.weight("w", 3*units, units), m.weight("u", 3*units, units), m.constant("b", 0, 3*units), m.constant("d", 0, 3*units))
	m.scores = func(index *graph.Node) *graph.Node {
		states := cell.Over(sequence.Embed(table, index), sequence.Options{})
		return sequence.Affine(out, nil, cell.Hidden(states))
	}
	m.generator = func() (*sequence.Generator, error) {
		start := m.g.Input("state", cell.State, graph.Batch)
		return sequence.NewGenerator(m.g, func(symbol, _ *graph.Node, state []*graph.Node) (*graph.Node, []*graph.Node) {
			states := cell.Over(sequence.Embed(table, symbol), sequence.Options{Start: state[0]})
			return sequence.Affine(out, nil, cell.Hidden(states)), []*graph.Node{ops.Index(states, 1, -1)}
		}, 0, start)
	}
}

// transformer is some causal blocks, with positions by rotation.
func (m *model) transformer(symbols, length int) {
	table, out := m.weight("symbols", symbols, units), m.weight("scores", symbols, units)
	norm := func(of string) sequence.Norm {
		return sequence.Norm{Gain: m.constant("gain "+of, 1, units), Bias: m.constant("bias "+of, 0, units)}
	}
	var blocks []sequence.Block
	for i := range layers {
		of := fmt.Sprint(i + 1)
		blocks = append(blocks, sequence.Block{
			Attention: sequence.Heads{Count: heads, In: m.weight("in "+of, 3*units, units), Out: m.weight("out "+of, units, units)},
			W:         m.weight("w "+of, 4*units, units), V: m.weight("v "+of, units, 4*units),
			Before: norm("before " + of), After: norm("after " + of), Activation: ops.GELU,
		})
	}
	last := norm("last")
	m.scores = func(index *graph.Node) *graph.Node {
		x, turn := sequence.Embed(table, index), sequence.Rotary(m.g.Const(0))
		for _, b := range blocks {
			x = b.Of(x, sequence.Masks{Causal: true}, turn)
		}
		return sequence.Affine(out, nil, last.Of(x))
	}
	m.generator = func() (*sequence.Generator, error) {
		capacity := 4 * length
		var state []*graph.Node
		for range blocks {
			c := sequence.CacheOf(m.g, "block", heads, units, capacity)
			state = append(state, c.Keys, c.Values)
		}
		return sequence.NewGenerator(m.g, func(symbol, from *graph.Node, state []*graph.Node) (*graph.Node, []*graph.Node) {
			x, turn := sequence.Embed(table, symbol), sequence.Rotary(from)
			var next []*graph.Node
			for i, b := range blocks {
				var c sequence.Cache
				x, c = b.Next(x, sequence.Cache{Keys: state[2*i], Values: state[2*i+1]}, from, turn)
				next = append(next, c.Keys, c.Values)
			}
			return sequence.Affine(out, nil, last.Of(x)), next
		}, capacity, state...)
	}
}
