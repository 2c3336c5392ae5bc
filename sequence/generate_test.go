package sequence_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// A small model of five symbols: vectors, two blocks turned by positions, scores.
type tiny struct {
	table, scores *node
	blocks        []sequence.Block
}

const symbols = 5

func newTiny(g *graph.Graph) tiny {
	k := 0
	param := func(m, n int) *node {
		k++
		return g.Param("p", sines(k, m, n))
	}
	m := tiny{table: param(symbols, model), scores: param(symbols, model)}
	for range 2 {
		m.blocks = append(m.blocks, sequence.Block{
			Attention: sequence.Heads{Count: heads, In: param(3*model, model), Out: param(model, model)},
			W:         param(wide, model), V: param(model, wide),
			Before: sequence.Norm{Gain: param(model, 1), Bias: param(model, 1)}, After: sequence.Norm{Gain: param(model, 1), Bias: param(model, 1)},
			Activation: ops.GELU,
		})
	}
	return m
}

// all are the scores at all times at once.
func (m tiny) all(index *node) *node {
	x, turn := sequence.Embed(m.table, index), sequence.Rotary(index.Graph().Const(0))
	for _, b := range m.blocks {
		x = b.Of(x, sequence.Masks{Causal: true}, turn)
	}
	return sequence.Affine(m.scores, nil, x)
}

// step is one time, with two inputs of state for each block.
func (m tiny) step(symbol, from *node, state []*node) (*node, []*node) {
	x, turn := sequence.Embed(m.table, symbol), sequence.Rotary(from)
	var next []*node
	for i, b := range m.blocks {
		var c sequence.Cache
		x, c = b.Next(x, sequence.Cache{Keys: state[2*i], Values: state[2*i+1]}, from, turn)
		next = append(next, c.Keys, c.Values)
	}
	return sequence.Affine(m.scores, nil, x), next
}

// Scores one symbol at a time, from a cache, are those of all times at once.
func TestGeneratorIsTheModel(t *testing.T) {
	text := []float64{3, 1, 4, 1, 0, 2}
	g := graph.New()
	m := newTiny(g)
	index := g.Input("index", 1, graph.Extent("T"), 1)
	scores := m.all(index)
	p, err := graph.Compile(scores)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Feed(index, tensor.New(tensor.WithShape(1, len(text), 1), tensor.WithBacking(text))); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	want, _ := p.Value(scores)
	q := newGenerator(t, g, m, len(text))
	for range 2 { // and again from the beginning
		for i, s := range text {
			got, err := q.Scores(int(s))
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range got {
				if w := want.Float64s()[k*len(text)+i]; !(math.Abs(v-w) < 1e-12) {
					t.Errorf("time %d, symbol %d: %g, at once %g", i, k, v, w)
				}
			}
		}
		if _, err := q.Scores(0); !errors.Is(err, sequence.ErrFull) {
			t.Errorf("one more: %v", err)
		}
		if err := q.Reset(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := q.Scores(symbols); !errors.Is(err, graph.ErrValue) {
		t.Errorf("no symbol: %v", err)
	}
}

// newGenerator is a Generator of the model for so many symbols.
func newGenerator(t *testing.T, g *graph.Graph, m tiny, most int) *sequence.Generator {
	t.Helper()
	var state []*node
	for range m.blocks {
		c := sequence.CacheOf(g, "block", heads, model, most)
		state = append(state, c.Keys, c.Values)
	}
	q, err := sequence.NewGenerator(g, m.step, most, state...)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// With one seed a Generator writes the same again.
func TestGeneratorWritesTheSameAgain(t *testing.T) {
	g := graph.New()
	q := newGenerator(t, g, newTiny(g), 6)
	a, err := q.Write(sequence.Sampler{Seed: 1}, []int{3, 1}, 4)
	if err != nil || len(a) != 4 {
		t.Fatal(a, err)
	}
	_ = q.Reset()
	if b, err := q.Write(sequence.Sampler{Seed: 1}, []int{3, 1}, 4); err != nil || !slices.Equal(a, b) {
		t.Errorf("%v, the same again %v, %v", a, b, err)
	}
	if _, err := q.Write(sequence.Sampler{}, nil, 1); !errors.Is(err, graph.ErrEmpty) {
		t.Errorf("no beginning: %v", err)
	}
}

// What a Generator computes at a time is a formula, which a file can hold: one that is read again, here from
// ONNX, writes the same text.
func TestGeneratorThroughAFile(t *testing.T) {
	const capacity = 12
	write := func(g *graph.Graph, f sequence.Step, state []*node) []int {
		q, err := sequence.NewGenerator(g, f, capacity, state...)
		if err != nil {
			t.Fatal(err)
		}
		text, err := q.Write(sequence.Sampler{Seed: 3}, []int{2, 4}, capacity-2)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	caches := func(g *graph.Graph) (state []*node) {
		for _, name := range []string{"first", "second"} {
			c := sequence.CacheOf(g, name, heads, model, capacity)
			state = append(state, c.Keys, c.Values)
		}
		return state
	}
	g := graph.New()
	m, state := newTiny(g), caches(g)
	in := append([]*node{g.Input("symbol", 1, 1, graph.Batch), g.Input("from")}, state...)
	scores, next := m.step(in[0], in[1], state)
	var file bytes.Buffer
	if err := onnx.Write(&file, onnx.Options{Inputs: in}, append([]*node{scores}, next...)...); err != nil {
		t.Fatal(err)
	}
	read, err := onnx.Read(&file, onnx.ReadOptions{Frozen: func(string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	nodes := func(ports []onnx.Port) (list []*node) {
		for _, p := range ports {
			list = append(list, p.Node)
		}
		return list
	}
	step, err := graph.NewBody(nodes(read.Inputs), nodes(read.Outputs))
	if err != nil {
		t.Fatal(err)
	}
	h := graph.New()
	got := write(h, func(symbol, from *node, state []*node) (*node, []*node) {
		y := step.At(graph.Batch, append([]*node{symbol, from}, state...), nil)
		return y[0], y[1:]
	}, caches(h))
	if want := write(g, m.step, state); !slices.Equal(got, want) {
		t.Errorf("%v, before it was written %v", got, want)
	}
}

// Symbols are drawn as often as their probabilities say, within five deviations.
func TestSampler(t *testing.T) {
	scores := []float64{math.Log(0.5), math.Log(0.1), math.Log(0.3), math.Inf(-1), math.Log(0.1)}
	root := func(p ...float64) []float64 { // of temperature 2
		total := 0.0
		for i := range p {
			p[i] = math.Sqrt(p[i])
			total += p[i]
		}
		for i := range p {
			p[i] /= total
		}
		return p
	}
	for _, c := range []struct {
		s    sequence.Sampler
		want []float64
	}{
		{sequence.Sampler{}, []float64{0.5, 0.1, 0.3, 0, 0.1}},
		{sequence.Sampler{Temperature: 2}, root(0.5, 0.1, 0.3, 0, 0.1)},
		{sequence.Sampler{TopK: 2}, []float64{0.625, 0, 0.375, 0, 0}},
		{sequence.Sampler{TopP: 0.79}, []float64{0.625, 0, 0.375, 0, 0}},
		{sequence.Sampler{TopP: 0.81}, []float64{5. / 9, 1. / 9, 3. / 9, 0, 0}}, // the first of two equal ones
		{sequence.Sampler{TopK: 3, TopP: 0.5}, []float64{1, 0, 0, 0, 0}},
		{sequence.Sampler{TopK: 4, TopP: 0.95}, []float64{0.5, 0.1, 0.3, 0, 0.1}},
		{sequence.Sampler{Greedy: true}, []float64{1, 0, 0, 0, 0}},
	} {
		const draws = 10000
		count := make([]float64, len(scores))
		for step := range uint64(draws) {
			i, err := c.s.Draw(scores, step)
			if err != nil {
				t.Fatal(err)
			}
			count[i]++
		}
		for i, p := range c.want {
			if d := math.Abs(count[i]/draws - p); d > 5*math.Sqrt(p*(1-p)/draws) {
				t.Errorf("%+v: symbol %d in %g of draws, want %g", c.s, i, count[i]/draws, p)
			}
		}
	}
	for _, c := range []struct {
		s      sequence.Sampler
		scores []float64
	}{
		{sequence.Sampler{}, []float64{0, math.NaN()}},
		{sequence.Sampler{}, []float64{0, math.Inf(1)}},
		{sequence.Sampler{}, []float64{math.Inf(-1)}},
		{sequence.Sampler{}, nil},
		{sequence.Sampler{Temperature: -1}, scores},
		{sequence.Sampler{TopK: -1}, scores},
		{sequence.Sampler{TopP: 1.5}, scores},
	} {
		if _, err := c.s.Draw(c.scores, 0); !errors.Is(err, graph.ErrValue) {
			t.Errorf("%+v of %v: %v", c.s, c.scores, err)
		}
	}
}
