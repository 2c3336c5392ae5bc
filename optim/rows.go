package optim

import (
	"context"
	"fmt"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// The gradient of a table w of which rows are read, ops.Gather(w, 0, index), is zero but for these
// rows. It is ops.ScatterAdd(ζ, 0, index, n): the cotangents of what was read, added up by row. An
// Optimizer whose rule may leave other rows alone takes ζ and the index in its place, and touches
// nothing else of the table, of the gradient and of what the rule remembers.

// sparse reports whether a rule may leave the rows of a table that were not read: they would not
// move anyway, or it is lazy.
func sparse(rule Rule) bool {
	switch r := rule.(type) {
	case SGD:
		return r.Momentum == 0
	case AdaGrad, LazyAdam:
		return true
	}
	return false
}

// A table is a parameter that moves by rows.
type table struct {
	param int
	reads []*graph.Node // each a ScatterAdd along axis 0: their sum is the gradient
}

// tables are the parameters that move by rows, for the parts that an Objective has.
type tables struct {
	split *split
	list  []table
}

// readsOf returns the ScatterAdds whose sum a gradient is, or nil for another gradient.
func readsOf(gradient *graph.Node) []*graph.Node {
	op, ok := gradient.Op().(graph.Describer)
	if !ok {
		return nil
	}
	switch d := op.Describe(); {
	case d.Name == "ScatterAdd" && d.Args[0] == 0:
		return []*graph.Node{gradient}
	case d.Name == "Add":
		a, b := readsOf(gradient.In(0)), readsOf(gradient.In(1))
		if a != nil && b != nil {
			return append(a, b...)
		}
	}
	return nil
}

// plan decides which parameters move by rows, once for the parts, and what a step evaluates
// then.
func (o *Optimizer) plan() *tables {
	if o.tables != nil && o.tables.split == o.split {
		return o.tables
	}
	entries := o.entries()
	o.tables = &tables{split: o.split}
	if !sparse(o.rule) {
		return o.tables
	}
	var params []int
	for i := range o.params {
		reads := readsOf(o.formulas[ofGradient].outputs[i])
		if reads == nil || o.split != nil && o.split.restMoves(i) {
			continue
		}
		o.tables.list, params = append(o.tables.list, table{i, reads}), append(params, i)
	}
	entries.byRows(params)
	if len(o.tables.list) > 0 {
		outputs := o.stepOutputs()
		o.formulas[ofStep] = formula{outputs: outputs}
		o.formulas[ofStepLoss] = formula{outputs: append(o.formulas[ofLoss].outputs[:1:1], outputs...)}
	}
	return o.tables
}

// restMoves reports whether the rest of the sum depends on a parameter.
func (s *split) restMoves(param int) bool {
	if s.rest == nil {
		return false
	}
	slope, constant := graph.ConstOf(s.rest.formulas[ofGradient].outputs[param])
	return !constant || slope != 0
}

// stepOutputs returns what a step evaluates beside J: of parameters that move as a whole the gradient;
// where states move; and of each read of a table the cotangents and the index. Parts are
// added up entry by entry: they have the gradients of tables too, and how often each row was read.
func (o *Optimizer) stepOutputs() []*graph.Node {
	move := o.formulas[ofGradient].outputs
	if o.split != nil {
		outputs := append([]*graph.Node(nil), move...)
		for _, t := range o.tables.list {
			var count *graph.Node
			for _, n := range t.reads {
				ones := n.Graph().Const(1, n.In(1).Shape().Dims()...)
				if once := graph.Apply(n.Op(), ones, n.In(1)); count == nil {
					count = once
				} else {
					count = graph.Add(count, once)
				}
			}
			outputs = append(outputs, count)
		}
		return outputs
	}
	var outputs []*graph.Node
	for i, n := range move {
		if !o.tables.has(i) {
			outputs = append(outputs, n)
		}
	}
	for _, t := range o.tables.list {
		for _, n := range t.reads {
			outputs = append(outputs, n.In(0), n.In(1))
		}
	}
	return outputs
}

// has reports whether a parameter moves by rows.
func (t *tables) has(param int) bool {
	for _, t := range t.list {
		if t.param == param {
			return true
		}
	}
	return false
}

// evaluateStep evaluates the gradient, and J if which is ofBoth, and reads the gradient into the
// store. The loss is that of evaluate.
func (o *Optimizer) evaluateStep(which evaluation) (loss float64, err error) {
	t := o.plan()
	if len(t.list) > 0 {
		which += ofStep - ofGradient
	}
	v, err := o.evaluate(context.Background(), which)
	if err != nil {
		return 0, err
	}
	if which == ofBoth || which == ofStepLoss {
		loss, v = number(v[0]), v[1:]
	}
	if len(t.list) > 0 && o.split == nil {
		return loss, o.takeRows(t, v)
	}
	n := len(o.params) + len(o.states.next)
	o.take(v[:n])
	o.store.read(o.last)
	for i, t := range t.list {
		o.store.rowsOf(t.param, v[n+i])
	}
	return loss, nil
}

// takeRows takes the gradient of an evaluation whose outputs are those of stepOutputs. Gradients of
// tables are the store's own.
func (o *Optimizer) takeRows(t *tables, v []*tensor.Dense) error {
	if len(o.rows) == 0 {
		o.rows = make([]*tensor.Dense, len(o.params))
	}
	for i := range o.params {
		if t.has(i) {
			o.rows[i] = o.store.emptyRows(i)
			continue
		}
		o.rows[i], v = v[0], v[1:]
	}
	n := len(o.states.next)
	o.last, o.states.values, v = o.rows, v[:n], v[n:]
	o.store.read(o.last)
	for _, t := range t.list {
		for _, n := range t.reads {
			if err := n.Op().(graph.Validator).Valid(v[:2]...); err != nil {
				return fmt.Errorf("rows of %s: %w", o.params[t.param].Label(), err)
			}
			o.store.addRows(t.param, v[0], v[1])
			v = v[2:]
		}
	}
	return nil
}
