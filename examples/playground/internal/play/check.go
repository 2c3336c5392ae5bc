package play

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

// An Exercise is a reverse derivative that one can derive.
type Exercise struct {
	Key    string   `json:"key"`
	Title  string   `json:"title"`
	Map    string   `json:"map"`    // in words of the document
	Names  []string `json:"names"`  // what the formula may use
	Answer string   `json:"answer"` // one of the right formulas

	build func(g *graph.Graph) (wrt, y *graph.Node, names map[string]*graph.Node)
}

// Exercises are the maps of Check.
func Exercises() []Exercise { return exercises }

var exercises = []Exercise{
	{
		Key: "r1phi", Title: "r₁φ", Map: "φ(w, x) = wx; by w, which is 2×3; x is 3×4", Names: []string{"w", "x", "zeta"}, Answer: "MatMul(zeta, T(x))",
		build: func(g *graph.Graph) (*graph.Node, *graph.Node, map[string]*graph.Node) {
			w, x := leaf(g, "w", 2, 3), leaf(g, "x", 3, 4)
			return w, ops.MatMul(w, x), names(w, x)
		},
	},
	{
		Key: "r2phi", Title: "r₂φ", Map: "φ(w, x) = wx; by x, which is 3×4; w is 2×3", Names: []string{"w", "x", "zeta"}, Answer: "MatMul(T(w), zeta)",
		build: func(g *graph.Graph) (*graph.Node, *graph.Node, map[string]*graph.Node) {
			w, x := leaf(g, "w", 2, 3), leaf(g, "x", 3, 4)
			return x, ops.MatMul(w, x), names(w, x)
		},
	},
	{
		Key: "r1psi", Title: "r₁ψ", Map: "ψ(b, u) = u + b, b added to every column; by b, which is 3×1; u is 3×4", Names: []string{"b", "u", "zeta"}, Answer: "SumColumns(zeta)",
		build: func(g *graph.Graph) (*graph.Node, *graph.Node, map[string]*graph.Node) {
			b, u := leaf(g, "b", 3, 1), leaf(g, "u", 3, 4)
			return b, ops.Bias(b, u), names(b, u)
		},
	},
	entrywise("rsigma", "rσ", "a = σ(z), entry by entry", "zeta * a * (1 - a)", ops.Sigmoid),
	entrywise("rtanh", "rtanh", "a = tanh(z), entry by entry", "zeta * (1 - a*a)", ops.Tanh),
	entrywise("rexp", "rexp", "a = exp(z), entry by entry", "zeta * a", ops.Exp),
	{
		Key: "rsoftmax", Title: "rsoftmax", Map: "a = softmax(z), each column divided by its sum", Names: []string{"z", "a", "zeta"}, Answer: "a * (zeta - SumRows(zeta*a))",
		build: func(g *graph.Graph) (*graph.Node, *graph.Node, map[string]*graph.Node) {
			z := leaf(g, "z", 3, 4)
			a := ops.Softmax(z, 0)
			return z, a, map[string]*graph.Node{"z": z, "a": a}
		},
	},
	{
		Key: "rloss", Title: "rL", Map: "the log-loss L(a, y) = −y ln a − (1−y) ln(1−a), entry by entry; by a", Names: []string{"a", "y", "zeta"}, Answer: "zeta * ((1-y)/(1-a) - y/a)",
		build: func(g *graph.Graph) (*graph.Node, *graph.Node, map[string]*graph.Node) {
			a, y := drawn(g, "a", 0.1, 0.9, 1, 4), drawn(g, "y", 0, 1, 1, 4)
			for i, v := range y.Value().Float64s() {
				y.Value().Float64s()[i] = math.Round(v)
			}
			return a, ops.LogLoss(a, y), names(a, y)
		},
	},
}

// entrywise is the exercise of an activation.
func entrywise(key, title, as, answer string, f func(z *graph.Node) *graph.Node) Exercise {
	return Exercise{
		Key: key, Title: title, Map: as, Names: []string{"z", "a", "zeta"}, Answer: answer,
		build: func(g *graph.Graph) (*graph.Node, *graph.Node, map[string]*graph.Node) {
			z := leaf(g, "z", 3, 4)
			a := f(z)
			return z, a, map[string]*graph.Node{"z": z, "a": a}
		},
	}
}

func names(all ...*graph.Node) map[string]*graph.Node {
	m := map[string]*graph.Node{}
	for _, n := range all {
		m[n.Name()] = n
	}
	return m
}

// leaf is a variable with normal entries.
func leaf(g *graph.Graph, name string, m, n int) *graph.Node { return drawn(g, name, -1.5, 1.5, m, n) }

func drawn(g *graph.Graph, name string, lo, hi float64, m, n int) *graph.Node {
	draws := rand.New(rand.NewPCG(uint64(len(name))+uint64(name[0]), 5))
	v := make([]float64, m*n)
	for i := range v {
		v[i] = lo + (hi-lo)*draws.Float64()
	}
	return g.Param(name, tensor.New(tensor.WithShape(m, n), tensor.WithBacking(v)))
}

// A Verdict is what Check says of a formula.
type Verdict struct {
	Right   bool   `json:"right"`
	Message string `json:"message"`
}

// Check holds a formula for a reverse derivative to the engine's and to finite differences:
// rF(ζ) is the gradient of ⟨ζ, F⟩. The error is that of a formula that cannot be read.
func Check(key, formula string) (*Verdict, error) {
	i := slices.IndexFunc(exercises, func(e Exercise) bool { return e.Key == key })
	if i < 0 {
		return nil, fmt.Errorf("there is no exercise %q", key)
	}
	g := graph.New()
	wrt, y, names := exercises[i].build(g)
	dims := y.Shape().Dims()
	zeta := leaf(g, "zeta", dims[0], dims[1])
	names["zeta"], names["ζ"] = zeta, zeta
	hand, err := parse(formula, names)
	if err != nil {
		return nil, err
	}
	if err := hand.Err(); err != nil {
		return &Verdict{Message: place.ReplaceAllString(err.Error(), "")}, nil
	}
	j := ops.Sum(ops.Mul(ops.StopGradient(zeta), y)).Named("⟨ζ, F⟩")
	var r record
	optest.Gradient(&r, j, wrt, hand)
	message := strings.ReplaceAll(strings.TrimSpace(r.text), lostPairing, "ζ is lost: r takes what comes back, ζ, and the formula has to use it")
	return &Verdict{Right: !r.failed, Message: message}, nil
}

// lostPairing is the hint for a formula without ζ: it names the ⊙ of ⟨ζ, F⟩, which the author
// of the formula has not seen.
const lostPairing = "the derivative of ⊙ is lost: r⊙ does not act"

// place is the line of this package that made a node, which tells the author of a formula
// nothing.
var place = regexp.MustCompile(`^\S+\.go:\d+: `)

// A record is a test that keeps what it is told.
type record struct {
	failed bool
	text   string
}

func (r *record) Helper() {}
func (r *record) Errorf(format string, args ...any) {
	r.failed = true
	r.text += fmt.Sprintf(format, args...) + "\n"
}
func (r *record) Logf(format string, args ...any) { r.text += fmt.Sprintf(format, args...) + "\n" }
