package sequence

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/internal/random"

	"gorgonia.org/tensor"
)

// A Sampler draws a symbol by its scores. The zero Sampler draws from softmax(scores).
type Sampler struct {
	Temperature float64 // draws from softmax(scores/Temperature); 0 is 1
	TopK        int     // of the most probable only, so many; 0 is all
	TopP        float64 // of the most probable only, as many as it takes for their sum to be TopP or more; 0 is 1
	Greedy      bool    // the most probable, the first of several
	Seed        uint64
}

// Draw returns the position of a symbol. It depends on the scores, the Sampler and step only. The
// error wraps graph.ErrValue if a score is NaN or +∞ or none is finite, or if an option is out of its
// range.
func (s Sampler) Draw(scores []float64, step uint64) (int, error) {
	temperature, sum := cmp.Or(s.Temperature, 1), cmp.Or(s.TopP, 1)
	if !(temperature > 0) || s.TopK < 0 || !(sum > 0 && sum <= 1) {
		return 0, fmt.Errorf("sample: %+v: want a temperature above 0, top-k of 0 or more and top-p from 0 to 1: %w", s, graph.ErrValue)
	}
	order := make([]int, len(scores))
	for i, v := range scores {
		if order[i] = i; math.IsNaN(v) || math.IsInf(v, 1) {
			return 0, fmt.Errorf("sample: score %d is %g: %w", i, v, graph.ErrValue)
		}
	}
	slices.SortStableFunc(order, func(i, k int) int { return cmp.Compare(scores[k], scores[i]) })
	if len(order) == 0 || math.IsInf(scores[order[0]], -1) {
		return 0, fmt.Errorf("sample: none of %d scores is finite: %w", len(scores), graph.ErrValue)
	}
	if s.Greedy {
		return order[0], nil
	}
	if s.TopK > 0 {
		order = order[:min(s.TopK, len(order))]
	}
	weight := func(i int) float64 { return math.Exp((scores[i] - scores[order[0]]) / temperature) }
	total := 0.0
	for _, i := range order {
		total += weight(i)
	}
	if sum < 1 {
		kept, most := 0, sum*total
		for total = 0; total < most && kept < len(order); kept++ {
			total += weight(order[kept])
		}
		order = order[:kept]
	}
	u := total * random.New(s.Seed, random.ForText, step).Uniform()
	for _, i := range order {
		if u -= weight(i); u < 0 {
			return i, nil
		}
	}
	return order[len(order)-1], nil
}

// ErrFull says that a Generator's cache has no room for another symbol.
var ErrFull = errors.New("the cache is full")

// A Generator computes scores one symbol at a time, and keeps what it has to know of those before.
type Generator struct {
	program  *graph.Program
	symbol   *Node
	from     *Node
	state    []*Node // inputs
	next     []*Node // what they are after a symbol
	scores   *Node
	capacity int
	count    int
}

// A Step computes scores (V, 1, 1) of what follows a symbol, an index (1, 1, 1), at a time, a number, and
// the next state from the state before, inputs whose N is 1.
type Step func(symbol, from *Node, state []*Node) (scores *Node, next []*Node)

// NewGenerator returns a Generator of a step in g whose state, inputs of g, is zero at first. It has
// room for capacity symbols; 0 is no end.
func NewGenerator(g *graph.Graph, f Step, capacity int, state ...*Node) (*Generator, error) {
	symbol, from := g.Input("symbol", 1, 1, graph.Batch), g.Input("from")
	scores, next := f(symbol, from, state)
	p, err := graph.Compile(append([]*Node{scores}, next...)...)
	if err != nil {
		return nil, err
	}
	if len(next) != len(state) {
		return nil, fmt.Errorf("generator: %d states become %d: %w", len(state), len(next), graph.ErrShape)
	}
	q := &Generator{p, symbol, from, state, next, scores, capacity, 0}
	return q, q.Reset()
}

// Reset forgets all symbols.
func (q *Generator) Reset() error {
	q.count = 0
	for _, s := range q.state {
		if err := q.program.FeedBy(s, 1, zero); err != nil {
			return err
		}
	}
	return nil
}

func zero(v *tensor.Dense) error { v.Zero(); return nil }

// Scores returns the scores of what follows a symbol, which comes after those given before. The slice
// is the caller's. The error wraps ErrFull, or is that of Run.
func (q *Generator) Scores(symbol int) ([]float64, error) {
	if q.capacity > 0 && q.count == q.capacity {
		return nil, fmt.Errorf("generator: %d symbols: %w", q.count, ErrFull)
	}
	for x, value := range map[*Node]float64{q.symbol: float64(symbol), q.from: float64(q.count)} {
		err := q.program.FeedBy(x, 1, func(v *tensor.Dense) error { return v.Memset(of(v, value)) })
		if err != nil {
			return nil, err
		}
	}
	if err := q.program.Run(); err != nil {
		return nil, err
	}
	v, err := q.program.Value(q.scores)
	if err != nil {
		return nil, err
	}
	scores := graph.Values[float64](v)
	q.count++
	return scores, q.carry()
}

// of is a number of the type of v.
func of(v *tensor.Dense, value float64) any {
	if v.Dtype() == tensor.Float32 {
		return float32(value)
	}
	return value
}

// carry feeds the next state.
func (q *Generator) carry() error {
	values := make([]*tensor.Dense, len(q.next))
	for i, n := range q.next {
		v, err := q.program.Value(n)
		if err != nil {
			return err
		}
		values[i] = v
	}
	for i, s := range q.state {
		if err := q.program.Feed(s, values[i]); err != nil {
			return err
		}
	}
	return nil
}

// Write gives the Generator a beginning and draws what follows it, so many symbols.
func (q *Generator) Write(s Sampler, beginning []int, count int) ([]int, error) {
	if len(beginning) == 0 {
		return nil, fmt.Errorf("generator: no beginning: %w", graph.ErrEmpty)
	}
	var written []int
	for i := 0; len(written) < count; i++ {
		last := 0
		if i < len(beginning) {
			last = beginning[i]
		} else {
			last = written[len(written)-1]
		}
		scores, err := q.Scores(last)
		if err != nil {
			return written, err
		}
		if i < len(beginning)-1 {
			continue
		}
		next, err := s.Draw(scores, uint64(q.count))
		if err != nil {
			return written, err
		}
		written = append(written, next)
	}
	return written, nil
}
