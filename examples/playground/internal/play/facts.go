package play

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"adjoint/graph"
)

func equalRows(s *Session) ([]Fact, error) {
	w := s.net.params[0].Value()
	m, n := w.Shape()[0], w.Shape()[1]
	apart := 0.0
	for i := range m * n {
		apart = max(apart, math.Abs(w.Float64s()[i]-w.Float64s()[i%n]))
	}
	return []Fact{{"largest difference between rows of w[1]", short(apart), apart == 0}}, nil
}

func risingCost(s *Session) ([]Fact, error) {
	rises := 0
	for i := 1; i < len(s.costs); i++ {
		if !(s.costs[i] <= s.costs[i-1]) {
			rises++
		}
	}
	last := s.costs[len(s.costs)-1]
	return []Fact{
		{"the cost rose in", fmt.Sprintf("%d of %d steps of the curve", rises, len(s.costs)-1), rises > 0},
		{"J at the start and now", short(s.costs[0]) + ", " + short(last), !(last < s.costs[0])},
	}, nil
}

func literalLoss(s *Session) ([]Fact, error) {
	literal, err := s.gradient(s.config)
	if err != nil {
		return nil, err
	}
	stable := s.config
	stable.Break = ""
	right, err := s.gradient(stable)
	if err != nil {
		return nil, err
	}
	return []Fact{
		{"largest entry of ∇J, word by word", short(largest(literal)), !(largest(literal) < 1e6)},
		{"largest entry of ∇J, as a function of z", short(largest(right)), false},
		{"J, word by word", short(s.costs[len(s.costs)-1]), !(s.costs[len(s.costs)-1] < 1e6)},
	}, nil
}

func sumForMean(s *Session) ([]Fact, error) {
	sum, err := s.gradient(s.config)
	if err != nil {
		return nil, err
	}
	mean := s.config
	mean.Break = ""
	right, err := s.gradient(mean)
	if err != nil {
		return nil, err
	}
	ratio := largest(sum) / largest(right)
	return []Fact{{"∇ of the sum, over ∇ of the mean of all rows", short(ratio), ratio > 1.5}}, nil
}

func lawFails(s *Session) ([]Fact, error) {
	look, err := s.Look(0)
	if err != nil {
		return nil, err
	}
	var facts []Fact
	for _, step := range look.Backward {
		if l := step.Law; l != nil && strings.HasSuffix(step.Name, "φ[2]") {
			facts = append(facts, Fact{"⟨" + step.Name + "(ζ), ξ⟩ and ⟨ζ, dφ(ξ)⟩", short(float64(l.Left)) + ", " + short(float64(l.Right)), !l.Holds})
		}
	}
	return facts, nil
}

func deadUnits(s *Session) ([]Fact, error) {
	first := s.net.params[0]
	gradient, err := s.gradient(s.config)
	if err != nil {
		return nil, err
	}
	zero := 0
	for _, x := range gradient[0] {
		if x == 0 {
			zero++
		}
	}
	return []Fact{{"entries of ∂J/∂" + first.Name() + " that are 0", fmt.Sprintf("%d of %d", zero, len(gradient[0])), zero == len(gradient[0])}}, nil
}

func penaltyOverBatch(s *Session) ([]Fact, error) {
	rows, batch := len(s.examples.X), s.config.batch(len(s.examples.X))
	sum := 0.0
	for _, w := range s.net.params {
		for _, x := range w.Value().Float64s() {
			sum += x * x
		}
	}
	return []Fact{
		{"the penalty is too strong by", short(float64(rows)/float64(batch)) + " times", rows > batch},
		{"Σw² now", short(sum), false},
	}, nil
}

func unscaled(s *Session) ([]Fact, error) {
	gradient, err := s.gradient(s.config)
	if err != nil {
		return nil, err
	}
	n := len(s.examples.X[0])
	var x, g [2]float64 // the largest entries
	for k := range min(2, n) {
		for _, row := range s.examples.X {
			x[k] = max(x[k], math.Abs(row[k]))
		}
		for i := k; i < len(gradient[0]); i += n {
			g[k] = max(g[k], math.Abs(gradient[0][i]))
		}
	}
	return []Fact{
		{"largest |x| of the first feature, of the second", short(x[0]) + ", " + short(x[1]), x[0] > 10*x[1]},
		{"largest gradient in the weights of the first, of the second", short(g[0]) + ", " + short(g[1]), g[0] > 10*g[1]},
	}, nil
}

// gradient returns the entries of ∇J by all rows at the weights as they are, of the
// network that c says.
func (s *Session) gradient(c Config) ([][]float64, error) {
	net := newNetwork(c, len(s.examples.X), len(s.examples.X[0]), len(s.examples.Classes), s.weights())
	grads := graph.Gradient(net.j, net.params...)
	p, err := graph.Compile(grads...)
	if err != nil {
		return nil, err
	}
	if err := p.Feed(net.x, net.features(s.examples, s.all())); err != nil {
		return nil, err
	}
	if slices.Contains(graph.Cone(grads...), net.y) {
		if err := p.Feed(net.y, net.targets(s.examples, s.all())); err != nil {
			return nil, err
		}
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	var all [][]float64
	for _, g := range grads {
		v, err := p.Value(g)
		if err != nil {
			return nil, err
		}
		all = append(all, graph.Values[float64](v))
	}
	return all, nil
}

// largest is the largest absolute entry; NaN if there is one.
func largest(v [][]float64) float64 {
	most := 0.0
	for _, v := range v {
		for _, x := range v {
			most = max(most, math.Abs(x)) // NaN stays
		}
	}
	return most
}

// short prints a number with four digits.
func short(x float64) string { return fmt.Sprintf("%.4g", x) }
