package play

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"adjoint/draw"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A Look is one example forwards and backwards.
type Look struct {
	SVG      string   `json:"svg"` // its groups have the node and input of a step
	Forward  []Step   `json:"forward"`
	Backward []Step   `json:"backward"`
	Update   []Move   `json:"update"`
	Caption  []string `json:"caption"` // the compositions
}

// A Step is a value that passes.
type Step struct {
	Node  int     `json:"node"`
	Input int     `json:"input"` // backwards, the input of the node; else -1
	Name  string  `json:"name"`
	Text  string  `json:"text"`
	Value *Matrix `json:"value"`
	Zeta  *Matrix `json:"zeta,omitempty"` // what the reverse derivative is given
	Law   *Law    `json:"law,omitempty"`  // of a reverse derivative
}

// A Move is the last step: w := w − rate·∂L/∂w.
type Move struct {
	Name     string  `json:"name"`
	Old      *Matrix `json:"old"`
	Gradient *Matrix `json:"gradient"`
	New      *Matrix `json:"new"`
}

// A Matrix is a value.
type Matrix struct {
	Rows    int     `json:"rows"`
	Columns int     `json:"columns"`
	Entries Numbers `json:"entries"` // row by row
}

// A Law is the two sides of ⟨rF(ζ), ξ⟩ = ⟨ζ, dF(ξ)⟩ at one input of a map F.
type Law struct {
	Xi    *Matrix `json:"xi"`
	D     *Matrix `json:"d"`     // dF(ξ)
	Left  Number  `json:"left"`  // ⟨rF(ζ), ξ⟩
	Right Number  `json:"right"` // ⟨ζ, dF(ξ)⟩
	Holds bool    `json:"holds"`
}

// Look runs an example through the network with the weights as they are, forwards and
// backwards. ξ of each law is drawn at random.
func (s *Session) Look(example int) (*Look, error) {
	trace, _, err := s.trace(example)
	if err != nil {
		return nil, err
	}
	look := &Look{SVG: trace.Diagram.String(), Caption: trace.Diagram.Caption}
	for _, f := range trace.Forward() {
		look.Forward = append(look.Forward, stepOf(f))
	}
	draws := rand.New(rand.NewPCG(uint64(example), 3))
	for _, b := range trace.Backward() {
		step := stepOf(b)
		if b.Input >= 0 {
			xi := make([]float64, len(graph.Values[float64](b.Value)))
			for i := range xi {
				xi[i] = math.Round(draws.NormFloat64()*100) / 100
			}
			step.Zeta = matrixOf(trace.Cotangent(b.Node))
			if step.Law, err = law(trace, b, xi); err != nil {
				return nil, err
			}
		}
		look.Backward = append(look.Backward, step)
	}
	for _, f := range trace.Forward() {
		if f.Node.Kind() == graph.Param {
			look.Update = append(look.Update, s.move(f, trace.Cotangent(f.Node)))
		}
	}
	return look, nil
}

// LawAt is the law of a step of Look at a ξ of one's choice, row by row.
func (s *Session) LawAt(example, node, input int, xi []float64) (*Law, error) {
	trace, _, err := s.trace(example)
	if err != nil {
		return nil, err
	}
	for _, b := range trace.Backward() {
		if b.Node.ID() == node && b.Input == input {
			return law(trace, b, xi)
		}
	}
	return nil, fmt.Errorf("no reverse derivative leads from node %d to its input %d", node, input)
}

// trace traces L of an example, in a graph of its own. Its nodes have the same numbers for
// every example.
func (s *Session) trace(example int) (*draw.Tracing, *network, error) {
	if example < 0 || example >= len(s.examples.X) {
		return nil, nil, fmt.Errorf("there is no example %d: they are numbered from 0 to %d", example, len(s.examples.X)-1)
	}
	net := newNetwork(s.config, len(s.examples.X), len(s.examples.X[0]), len(s.examples.Classes), s.weights())
	rows := []int{example}
	t, err := draw.Trace(net.l, map[*graph.Node]*tensor.Dense{
		net.x: net.features(s.examples, rows), net.y: net.targets(s.examples, rows),
	}, net.params...)
	return t, net, err
}

func stepOf(s draw.Step) Step {
	return Step{Node: s.Node.ID(), Input: s.Input, Name: s.Name, Text: s.Text, Value: matrixOf(s.Value)}
}

func matrixOf(v *tensor.Dense) *Matrix {
	m := &Matrix{Rows: 1, Columns: 1, Entries: numbers(graph.Values[float64](v))}
	if shape := v.Shape(); len(shape) == 2 {
		m.Rows, m.Columns = shape[0], shape[1]
	}
	return m
}

// move is the step of gradient descent for a parameter.
func (s *Session) move(w draw.Step, gradient *tensor.Dense) Move {
	m := Move{Name: w.Name, Old: matrixOf(w.Value), Gradient: matrixOf(gradient), New: matrixOf(w.Value)}
	for i := range m.New.Entries {
		m.New.Entries[i] -= Number(s.config.Rate) * m.Gradient.Entries[i]
	}
	return m
}

// law evaluates both sides for the reverse derivative of a step: the left from its value,
// the right by the differential of the same op on the same values.
func law(t *draw.Tracing, b draw.Step, xi []float64) (*Law, error) {
	r := graph.Values[float64](b.Value)
	if len(xi) != len(r) {
		m := matrixOf(b.Value)
		return nil, fmt.Errorf("ξ has %d entries; it needs %d, since %s(ζ) is %d×%d", len(xi), len(r), b.Name, m.Rows, m.Columns)
	}
	g := graph.New()
	var leaves []*graph.Node
	var feeds []*tensor.Dense
	for i, x := range b.Node.Inputs() {
		v := t.Value(x)
		leaves, feeds = append(leaves, g.Input(fmt.Sprint("x", i), v.Shape()...)), append(feeds, v)
	}
	shape := feeds[b.Input].Shape()
	tangent := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), xi...)))
	ξ := g.Input("xi", shape...)
	d := graph.JVP(graph.Apply(b.Node.Op(), leaves...), leaves[b.Input:b.Input+1], []*graph.Node{ξ})
	p, err := graph.Options{NoStable: true}.Compile(d)
	if err != nil {
		return nil, err
	}
	reads := graph.Cone(d)
	for i, leaf := range append(leaves, ξ) {
		for _, n := range reads {
			if n == leaf {
				err = errors.Join(err, p.Feed(leaf, append(feeds, tangent)[i]))
			}
		}
	}
	if err := errors.Join(err, p.Run()); err != nil {
		return nil, err
	}
	v, err := p.Value(d)
	if err != nil {
		return nil, err
	}
	left, size := inner(r, xi)
	right, _ := inner(graph.Values[float64](t.Cotangent(b.Node)), graph.Values[float64](v))
	return &Law{
		Xi: matrixOf(tangent), D: matrixOf(v), Left: Number(left), Right: Number(right),
		Holds: math.Abs(left-right) <= 1e-9*size,
	}, nil
}

// inner is ⟨a, b⟩, and the sum of the sizes of its terms.
func inner(a, b []float64) (sum, size float64) {
	for i := range a {
		sum += a[i] * b[i]
		size += math.Abs(a[i] * b[i])
	}
	return sum, size
}
