package graph

import (
	"fmt"
	"slices"

	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A Program is a formula made ready to run: a straight line of kernels over
// fixed buffers. Run allocates nothing. A Program serves one goroutine; a Clone
// is cheap and serves another.
//
// Symbols among the extents of the formula, such as Batch, are what the inputs say that
// are fed. The Program keeps the buffers for the last few of their numbers, as far as memory
// allows, so that a smaller last batch costs nothing after its first time.
type Program struct {
	code    *code
	inputs  *Inputs
	in      []*fed  // by input
	plans   []*plan // most recently used first
	plan    *plan   // the last one in use; nil while symbols are not known
	evicted uint64  // bytes of plans that have gone since memory was last freed
	running bool    // a Run has begun and not ended
}

// maxPlans is the number of different numbers of its symbols whose buffers a Program keeps.
const maxPlans = 4

// programOf returns a Program of c, bound if it has no symbols.
func programOf(c *code) (*Program, error) {
	p := newProgram(c)
	return p, p.planFor(nil)
}

func newProgram(c *code) *Program {
	p := &Program{code: c}
	p.read(&Inputs{version: 1})
	return p
}

// Read makes p a Program of what is in, from now on, rather than of what it is fed itself.
// Inputs that it needs and NewInputs was not given count as not fed. The error wraps ErrGraph.
func (p *Program) Read(in *Inputs) error {
	if in.g != nil && in.g != p.code.from() {
		return fmt.Errorf("read: inputs of another graph: %w", ErrGraph)
	}
	p.plans, p.plan = nil, nil
	p.read(in)
	return nil
}

func (p *Program) read(in *Inputs) {
	in.g = p.code.from()
	p.inputs, p.in = in, make([]*fed, len(p.code.inputs))
	for x, i := range p.code.inputAt {
		f := in.entry(x)
		f.kept, f.filled = true, f.filled && f.value != nil
		p.in[i] = f
	}
}

// Clone returns a Program for the same outputs that shares the parameters and
// nothing else. Its inputs are not fed. No Clone may run while somebody changes
// a parameter.
func (p *Program) Clone() *Program {
	q := newProgram(p.code)
	_ = q.planFor(nil) // as it did for p, when p was compiled
	return q
}

// planFor makes the plan for these numbers and what was fed or lent the current one. There
// is none while some symbol is not known.
func (p *Program) planFor(at sizes) error {
	symbols := p.code.symbols
	if !at.agree(at, symbols) {
		p.plan = nil
		return nil
	}
	i := slices.IndexFunc(p.plans, func(q *plan) bool { return q.at.agree(at, symbols) })
	if i < 0 {
		return p.makePlan(at.only(symbols))
	}
	q := p.plans[i]
	for k, f := range p.in {
		if !f.boundAt(&q.inputs[k], at, p.byRows(k)) {
			return p.makePlan(q.at)
		}
	}
	p.put(q)
	return nil
}

// byRows reports whether some kernel reads input i row by row only.
func (p *Program) byRows(i int) bool { return p.code.byRows(p.code.inputs[i]) }

// makePlan makes a plan for these numbers and puts it in place of what there was for them.
func (p *Program) makePlan(at sizes) error {
	c := p.code.inBlocks(at)
	if err := p.code.checkNeeds(at); err != nil {
		return err
	}
	bytes := c.bytes(at)
	if err := p.makeRoom(at, bytes); err != nil {
		return err
	}
	inputs := make([]binding, len(p.in))
	for k, f := range p.in {
		inputs[k] = f.bindingAt(at, p.byRows(k))
	}
	q, err := c.newPlan(at, inputs)
	if err != nil {
		return err
	}
	q.bytes = bytes
	if i := slices.IndexFunc(p.plans, func(o *plan) bool { return o.at.agree(at, c.symbols) }); i >= 0 {
		p.plans = slices.Delete(p.plans, i, i+1)
	}
	p.put(q)
	return nil
}

// put makes q the current plan.
func (p *Program) put(q *plan) {
	p.plan = q
	if len(p.plans) > 0 && p.plans[0] == q {
		return
	}
	p.plans = slices.DeleteFunc(p.plans, func(o *plan) bool { return o == q })
	p.plans = slices.Insert(p.plans, 0, q)
	if len(p.plans) > maxPlans {
		p.evict(maxPlans)
	}
}

// settle makes the plan for what was fed the current one, and reports what was not fed.
func (p *Program) settle() error {
	if !p.fits() {
		if err := p.planFor(p.inputs.at); err != nil {
			return err
		}
	}
	for _, f := range p.in {
		if !f.has() {
			return p.inputs.unfed(f)
		}
	}
	if p.plan == nil {
		return p.unsaid()
	}
	p.plan.ready = p.inputs.version
	return nil
}

// fits reports whether the current plan is one for what was fed.
func (p *Program) fits() bool {
	if p.plan == nil || !p.plan.at.agree(p.inputs.at, p.code.symbols) {
		return false
	}
	for i, f := range p.in {
		if f.lent != nil || f.value != p.plan.inputs[i].value {
			return false
		}
	}
	return true
}

// unsaid names a symbol that nothing says.
func (p *Program) unsaid() error {
	for _, s := range p.code.symbols {
		if p.inputs.at.of(s) == 0 {
			return fmt.Errorf("run: nothing was fed that says what %s is: %w", ExtentString(s), ErrUnfed)
		}
	}
	return nil
}

// Run computes the outputs. The error wraps ErrUnfed if an input that they need
// has not been fed, or not for what symbols are now; ErrValue if an op refuses a value; and
// ErrShape, ErrType or ErrLayout if the tensor of a parameter or of an input was reshaped,
// turned or given other memory. It is ErrRunning if another goroutine is seen to be in a Run
// of p; as that is not always seen, the race detector looks closer.
func (p *Program) Run() error { return p.runTo(nil) }

// RunFirst computes the first output, by as much of Run as comes before it, and returns its value
// as Value does. The other outputs have no values until the next Run. The errors are those of Run.
func (p *Program) RunFirst() (*tensor.Dense, error) {
	first := p.code.roots[0]
	if err := p.runTo(first); err != nil {
		return nil, err
	}
	return p.plan.value[first.id], nil
}

// runTo computes the outputs, or what comes before one of them and that, unless it is nil.
func (p *Program) runTo(output *Node) error {
	if p.running {
		return fmt.Errorf("run: give each goroutine a Clone: %w", ErrRunning)
	}
	p.running = true
	defer func() { p.running = false }()
	if p.plan == nil || p.plan.ready != p.inputs.version {
		if err := p.settle(); err != nil {
			return err
		}
	}
	q := p.plan
	fed := q.ran != p.inputs.version
	q.ran = 0
	if b := q.moved(); b != nil {
		return b.changed()
	}
	var t *team.Team
	if q.shared {
		t = q.gauge.Begin()
		defer q.gauge.End()
	}
	steps := q.steps
	if output != nil {
		steps = steps[:q.until(output)]
	}
	for i := range steps {
		if err := steps[i].do(t, fed); err != nil {
			return err
		}
		if invariants {
			q.poison(i)
		}
	}
	if output == nil {
		q.ran = p.inputs.version
	}
	return nil
}

// Values returns the values of the outputs, in the order that Compile was given them. See
// Value. It returns the same slice, not to be changed, as long as the tensors are the same.
func (p *Program) Values() ([]*tensor.Dense, error) {
	if p.plan == nil || p.plan.ran != p.inputs.version {
		return nil, fmt.Errorf("values of the outputs: %w", ErrNotRun)
	}
	return p.plan.output, nil
}

// Value returns the value of an output after Run, or that of a leaf. The tensor
// is the Program's own: it is overwritten by the next Run or Feed and must not be
// changed, except for a parameter, which may be. That of an input that was lent is
// the one that was lent. The error wraps ErrNotOutput or ErrNotRun.
func (p *Program) Value(n *Node) (*tensor.Dense, error) {
	if err := n.Err(); err != nil {
		return nil, err
	}
	switch {
	case n.g != p.code.from():
		return nil, fmt.Errorf("value of %s: %w", n.Label(), ErrGraph)
	case n.value != nil:
		return n.value, nil
	}
	root, isOutput := p.code.computes()[n]
	if isOutput && p.plan != nil && p.plan.ran == p.inputs.version {
		return p.plan.value[root.id], nil
	}
	i, isInput := p.code.inputAt[n]
	switch {
	case isInput && p.in[i].has():
		return p.in[i].value, nil
	case !isInput && !isOutput:
		return nil, fmt.Errorf("value of %s, which Compile was not given: %w", n.Label(), ErrNotOutput)
	}
	return nil, fmt.Errorf("value of %s: %w", n.Label(), ErrNotRun)
}
