package grade

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"
)

// Node is a value in a formula.
type Node = graph.Node

// A Mistake is an answer that students often give, and what to say to it.
type Mistake struct {
	Answer any // as the answer itself: a *Node, []float64 or [][]float64
	Hint   string
}

// A Marker makes the formula of an exercise and marks the answers to it.
type Marker struct {
	g                 *graph.Graph
	rng               *rand.Rand
	answered, missing int
	hints             []string
}

func newMarker() *Marker { return &Marker{g: graph.New(), rng: rand.New(rand.NewPCG(1, 2))} }

// Matrix returns a parameter whose entries are drawn from (−2, 2).
func (m *Marker) Matrix(name string, rows, columns int) *Node {
	return m.Between(name, -2, 2, rows, columns)
}

// Between returns a parameter whose entries are drawn from (low, high).
func (m *Marker) Between(name string, low, high float64, rows, columns int) *Node {
	v := make([]float64, rows*columns)
	for i := range v {
		v[i] = low + (high-low)*m.rng.Float64()
	}
	return m.Of(name, rows, columns, v...)
}

// Of returns a parameter with the given entries, row by row.
func (m *Marker) Of(name string, rows, columns int, v ...float64) *Node {
	return m.g.Param(name, graph.Tensor(v, rows, columns))
}

// Values returns the entries of a node of the exercise, row by row. It panics where
// the node has an error.
func (m *Marker) Values(n *Node) []float64 {
	v, err := values(n)
	if err != nil {
		panic(err)
	}
	return v
}

func values(n *Node) ([]float64, error) {
	p, err := graph.Compile(n)
	if err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	v, err := p.Value(n)
	if err != nil {
		return nil, err
	}
	return graph.Values[float64](v), nil
}

// Differential returns dy as a function of the tangents of x, in numbers.
func (m *Marker) Differential(y, x *Node) func(xi []float64) []float64 {
	return func(xi []float64) []float64 {
		dims := x.Shape().Dims()
		return m.Values(graph.JVP(y, []*Node{x}, []*Node{m.Of("xi", dims[0], dims[1], slices.Clone(xi)...)}))
	}
}

// Reverse marks an answer that should be the reverse derivative of y by x at zeta: the
// gradient of ⟨ζ, y⟩.
func (m *Marker) Reverse(y, x, zeta *Node, answer any, mistakes ...Mistake) {
	m.Gradient(ops.Sum(ops.Mul(zeta, y)), x, answer, mistakes...)
}

// Gradient marks an answer that should be the gradient of the scalar j by w. An
// answer that is a nil slice or node is untouched.
func (m *Marker) Gradient(j, w *Node, answer any, mistakes ...Mistake) {
	if reflect.ValueOf(answer).IsNil() {
		m.missing++
		return
	}
	m.answered++
	var r recorder
	optest.Gradient(&r, j, w, answer)
	if len(r.errors) == 0 {
		return
	}
	hint := shorten(r.errors[0])
	for _, mistake := range mistakes {
		if alike(answer, mistake.Answer) {
			hint = mistake.Hint
		}
	}
	m.hints = append(m.hints, hint)
}

// verdict sums up the answers of an exercise.
func (m *Marker) verdict() (Status, string) {
	switch {
	case m.answered == 0:
		return Untouched, ""
	case m.missing > 0:
		m.hints = append(m.hints, "One of the results is still nil.")
	case len(m.hints) == 0:
		return Right, ""
	}
	return Wrong, strings.Join(m.hints, "\n")
}

// alike reports whether two answers have the same entries.
func alike(a, b any) bool {
	x, y := entries(a), entries(b)
	if len(x) != len(y) || len(x) == 0 {
		return false
	}
	for i := range x {
		if !(math.Abs(x[i]-y[i]) <= 1e-9*(1+math.Abs(y[i]))) {
			return false
		}
	}
	return true
}

// entries returns the entries of an answer, none if it cannot be computed.
func entries(answer any) []float64 {
	var all []float64
	switch a := answer.(type) {
	case *Node:
		all, _ = values(a)
	case []float64:
		all = a
	case [][]float64:
		for _, row := range a {
			all = append(all, row...)
		}
	}
	return all
}

// shorten leaves of a message of optest.Gradient what is no answer: how many entries
// differ, and the hints.
func shorten(message string) string {
	count, _, compared := strings.Cut(message, ", worst at")
	if !compared {
		return message
	}
	hints := ""
	for line := range strings.Lines(message) {
		if strings.HasPrefix(line, "Hint: ") {
			hints += "\n" + strings.TrimSpace(line)
		}
	}
	if hints == "" {
		hints = "\nHint: no single usual mistake gives this. Write down ⟨ζ, d(ξ)⟩ for 1×1 matrices first."
	}
	return count + "." + hints
}

// A recorder keeps the messages of optest.Gradient.
type recorder struct{ errors []string }

func (r *recorder) Helper()             {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
