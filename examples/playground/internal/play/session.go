package play

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"adjoint/graph"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A Session is a network in training.
type Session struct {
	config   Config
	examples *Examples
	net      *network
	opt      *optim.Optimizer
	predict  *graph.Program
	order    []int // of the rows in this epoch
	next     int   // in order
	shuffle  *rand.Rand
	steps    int
	costs    []float64 // J over all rows, now and then
	every    int       // steps from one of costs to the next
	stopped  string    // why training cannot go on
}

// New begins a training.
func New(c Config) (*Session, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if b := breakOf(c.Break); b != nil && b.change != nil {
		b.change(&c)
	}
	e, err := load(c)
	if err != nil {
		return nil, err
	}
	s := &Session{config: c, examples: e, every: 1, shuffle: rand.New(rand.NewPCG(c.Seed, 11))}
	s.net = newNetwork(c, len(e.X), len(e.X[0]), len(e.Classes), nil)
	if s.predict, err = graph.Compile(s.net.a); err != nil {
		return nil, err
	}
	if s.opt, err = optim.Minimize(s.net.j, s.rule(), s.net.params...); err != nil {
		s.stopped = err.Error() // a wrong r can be refused: that is what its switch shows
	}
	s.record()
	return s, nil
}

func (s *Session) rule() optim.Rule {
	switch s.config.Rule {
	case "adam":
		return optim.Adam{Rate: s.config.Rate}
	case "momentum":
		return optim.SGD{Rate: s.config.Rate, Momentum: 0.9}
	}
	return optim.SGD{Rate: s.config.Rate}
}

// Train takes up to n steps, fewer if the training has diverged.
func (s *Session) Train(n int) {
	for range n {
		if s.stopped != "" {
			return
		}
		rows := s.batch()
		err := errors.Join(s.opt.Feed(s.net.x, s.net.features(s.examples, rows)), s.opt.Feed(s.net.y, s.net.targets(s.examples, rows)))
		if err == nil {
			err = s.opt.Step()
		}
		if err != nil {
			s.stopped = err.Error()
			return
		}
		s.steps++
		if s.steps%s.every == 0 {
			s.record()
		}
	}
}

// batch returns the rows of the next step.
func (s *Session) batch() []int {
	size := s.config.batch(len(s.examples.X))
	if s.next+size > len(s.order) {
		s.order, s.next = s.shuffle.Perm(len(s.examples.X)), 0
	}
	rows := s.order[s.next : s.next+size]
	s.next += size
	return rows
}

// mostCosts is the number of points of the curve: when it is full, every other one goes.
const mostCosts = 400

// record adds the cost over all rows to the curve.
func (s *Session) record() {
	cost, err := s.cost()
	if err != nil {
		cost = math.NaN()
	}
	s.costs = append(s.costs, cost)
	if len(s.costs) > mostCosts {
		for i := range mostCosts/2 + 1 {
			s.costs[i] = s.costs[2*i]
		}
		s.costs, s.every = s.costs[:mostCosts/2+1], 2*s.every
	}
}

// cost is J over all rows.
func (s *Session) cost() (float64, error) {
	if s.opt == nil {
		return math.NaN(), nil
	}
	all := s.all()
	if err := errors.Join(s.opt.Feed(s.net.x, s.net.features(s.examples, all)), s.opt.Feed(s.net.y, s.net.targets(s.examples, all))); err != nil {
		return 0, err
	}
	return s.opt.Loss()
}

// weights returns the values of the parameters. newNetwork copies them.
func (s *Session) weights() []*tensor.Dense {
	var values []*tensor.Dense
	for _, w := range s.net.params {
		values = append(values, w.Value())
	}
	return values
}

func (s *Session) all() []int {
	rows := make([]int, len(s.examples.X))
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// A State is what the page draws of a training.
type State struct {
	Steps    int       `json:"steps"`
	Costs    Numbers   `json:"costs"`
	Every    int       `json:"every"`
	Accuracy float64   `json:"accuracy"`
	Weights  []Weights `json:"weights"`
	Stopped  string    `json:"stopped"`
	Warning  string    `json:"warning"` // of a training that goes on, but the wrong way
	Seen     []Fact    `json:"seen"`
}

// Weights is a parameter.
type Weights struct {
	Name    string  `json:"name"`
	Rows    int     `json:"rows"`
	Columns int     `json:"columns"`
	Entries Numbers `json:"entries"`
}

// State returns how far the training is.
func (s *Session) State() (*State, error) {
	accuracy, err := s.accuracy()
	if err != nil {
		return nil, err
	}
	st := &State{Steps: s.steps, Costs: numbers(s.costs), Every: s.every, Accuracy: accuracy, Stopped: s.stopped, Warning: s.warning()}
	for _, w := range s.net.params {
		shape := w.Value().Shape()
		st.Weights = append(st.Weights, Weights{w.Name(), shape[0], shape[1], numbers(w.Value().Float64s())})
	}
	if b := breakOf(s.config.Break); b != nil {
		if st.Seen, err = b.seen(s); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// warning says that the training diverges: over the second half of its curve, of 20 steps or
// more, J is on average more than twice what it was at the start.
func (s *Session) warning() string {
	late := s.costs[len(s.costs)/2:]
	if s.steps < 20 {
		return ""
	}
	sum := 0.0
	for _, c := range late {
		sum += c
	}
	times := sum / float64(len(late)) / s.costs[0]
	if !(times > 2) {
		return ""
	}
	return fmt.Sprintf("This diverges: of late, J is %.3g times what it was at the start. Try a smaller rate.", times)
}

// Examples returns the rows.
func (s *Session) Examples() *Examples { return s.examples }

// Config returns what is trained, with what a switch has changed.
func (s *Session) Config() Config { return s.config }

// predictions returns the class of each column of x, and how sure the network is.
func (s *Session) predictions(x *tensor.Dense) (classes []int, sure []float64, err error) {
	if err := s.predict.Feed(s.net.x, x); err != nil {
		return nil, nil, err
	}
	if err := s.predict.Run(); err != nil {
		return nil, nil, err
	}
	v, err := s.predict.Value(s.net.a)
	if err != nil {
		return nil, nil, err
	}
	a, m, n := v.Float64s(), v.Shape()[0], v.Shape()[1]
	for j := range n {
		class, p := 0, a[j]
		if m == 1 {
			if s.net.a.Op().String() == "Tanh" {
				p = (p + 1) / 2
			}
			if p >= 0.5 {
				class = 1
			} else {
				p = 1 - p
			}
		}
		for i := 1; i < m; i++ {
			if a[i*n+j] > p {
				class, p = i, a[i*n+j]
			}
		}
		classes, sure = append(classes, class), append(sure, p)
	}
	return classes, sure, nil
}

func (s *Session) accuracy() (float64, error) {
	classes, _, err := s.predictions(s.net.features(s.examples, s.all()))
	if err != nil {
		return 0, err
	}
	right := 0
	for i, class := range classes {
		if class == s.examples.Y[i] {
			right++
		}
	}
	return float64(right) / float64(len(classes)), nil
}

// A Boundary is what the network predicts over the plane of the first two features; the
// others are 0, their mean.
type Boundary struct {
	From, To [2]float64 // corners
	Size     int        // points a side
	Classes  []int      // row by row, from From upwards
	Sure     Numbers    // probabilities of those
}

// Boundary predicts on a grid of size×size points that has all rows in it.
func (s *Session) Boundary(size int) (*Boundary, error) {
	if size < 2 || size > 200 {
		return nil, fmt.Errorf("a grid of %d points a side", size)
	}
	b := &Boundary{Size: size}
	n := len(s.examples.X[0])
	for k := range min(2, n) {
		column := make([]float64, len(s.examples.X))
		for i, x := range s.examples.X {
			column[i] = x[k]
		}
		lo, hi := slices.Min(column), slices.Max(column)
		room := 0.1*(hi-lo) + 1e-9
		b.From[k], b.To[k] = lo-room, hi+room
	}
	v := make([]float64, n*size*size)
	for i := range size {
		for j := range size {
			at := i*size + j
			v[at] = b.From[0] + (b.To[0]-b.From[0])*float64(j)/float64(size-1)
			if n > 1 {
				v[size*size+at] = b.From[1] + (b.To[1]-b.From[1])*float64(i)/float64(size-1)
			}
		}
	}
	classes, sure, err := s.predictions(tensor.New(tensor.WithShape(n, size*size), tensor.WithBacking(v)))
	if err != nil {
		return nil, err
	}
	b.Classes, b.Sure = classes, numbers(sure)
	return b, nil
}
