package optim

import (
	"cmp"
	"fmt"
	"math"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// An Optimizer moves the parameters of an Objective by a Rule, and with each step the
// states. It has the methods of the Objective, Feed and Loss among them. A step allocates
// nothing.
type Optimizer struct {
	*Objective

	// Schedule is the factor of the rule's rate at each step; nil is 1.
	Schedule Schedule

	// Factor is another factor of the rate, for who decides it as the steps go on; 0 is 1.
	Factor float64

	// Clip bounds the gradients before the rule sees them. The zero Clip
	// leaves them as they are.
	Clip Clip

	rule    Rule
	store   store // nil before the first step, see entries
	steps   int
	shrinks []float64       // λ of each parameter, after Shrink
	gain    func(Step) gain // of the rule
	tables  *tables         // nil until a step plans them
	rows    []*tensor.Dense // the gradient of a step, where tables are read
}

// Minimize returns an Optimizer for the scalar J over the given parameters, or over all
// that J depends on if none are given.
//
//	opt, err := optim.Minimize(j, optim.SGD{Rate: 0.1})
//
// The error is that of NewObjective, or wraps ErrRate if the rate is not a
// positive number, or ErrOption if something else of the rule is wrong.
func Minimize(j *graph.Node, rule Rule, params ...*graph.Node) (*Optimizer, error) {
	if err := checkRule(rule); err != nil {
		return nil, err
	}
	o, err := NewObjective(j, params...)
	if err != nil {
		return nil, err
	}
	return &Optimizer{Objective: o, rule: rule}, nil
}

// entries returns the store, which is made for the first step: LBFGS and FISTA need none.
func (o *Optimizer) entries() store {
	if o.store == nil {
		o.store = newStore(o.params, o.rule)
	}
	return o.store
}

func checkRule(rule Rule) error {
	if rule == nil {
		return fmt.Errorf("nil rule: %w", ErrOption)
	}
	if rate := rule.LearningRate(); positive("Rate", rate) != nil {
		return fmt.Errorf("%T: rate %g: %w", rule, rate, ErrRate)
	}
	if n := rule.Slots(); n < 0 {
		return fmt.Errorf("%T: %d slots: %w", rule, n, ErrOption)
	}
	if rule, ok := rule.(interface{ Valid() error }); ok {
		return rule.Valid()
	}
	return nil
}

// Steps returns the number of steps taken.
func (o *Optimizer) Steps() int { return o.steps }

// Rate returns the learning rate of the next step.
func (o *Optimizer) Rate() float64 {
	return o.rule.LearningRate() * o.Schedule.At(o.steps) * cmp.Or(o.Factor, 1)
}

// Step moves the parameters once along the gradient for the inputs fed last. J is not
// evaluated. If there is an error the parameters have not moved. The error is that of
// graph.Program.Run, or a *DivergedError if the gradient, or where a state moves, is NaN or
// infinite, or it wraps ErrRate or ErrOption if the Schedule or the Clip is not valid.
func (o *Optimizer) Step() error {
	if _, err := o.evaluateStep(ofGradient); err != nil {
		return err
	}
	return o.move(math.NaN())
}

// StepLoss does a Step, and returns J before the step, at little extra cost. The error is
// also a *DivergedError if J is NaN or infinite.
func (o *Optimizer) StepLoss() (float64, error) {
	loss, err := o.evaluateStep(ofBoth)
	switch {
	case err != nil:
		return 0, err
	case !isFinite(loss):
		return loss, o.diverged(o.Rate(), loss)
	}
	return loss, o.move(loss)
}

// move applies the rule to the gradient in the store, and moves the states. The loss is NaN if it is
// not known.
func (o *Optimizer) move(loss float64) error {
	rate := o.Rate()
	if !(rate >= 0 && isFinite(rate)) {
		return fmt.Errorf("step %d: rate %g: %w", o.steps+1, rate, ErrRate)
	}
	if err := o.Clip.check(); err != nil {
		return err
	}
	if !o.store.finite() || !o.states.finite() {
		return o.diverged(rate, loss)
	}
	if o.Clip != (Clip{}) {
		o.store.clip(o.Clip)
	}
	o.steps++
	s := Step{T: o.steps, Rate: rate}
	o.store.move(s)
	if o.shrinks != nil {
		o.store.shrink(o.shrinks, o.gain(s))
	}
	o.states.move()
	return nil
}

// diverged returns the error of a step that was not taken. It evaluates a loss that is NaN.
func (o *Optimizer) diverged(rate, loss float64) error {
	if math.IsNaN(loss) {
		if v, err := o.Loss(); err == nil {
			loss = v
		}
	}
	return &DivergedError{Step: o.steps + 1, Loss: loss, Rate: rate, where: o.badPart()}
}
