package optim

import "adjoint/graph"

// RunChecked evaluates J and ∇J for what was fed last, and says where NaN and infinities
// come from, as graph.Program.RunChecked does:
//
//	if err := opt.Step(); errors.Is(err, optim.ErrDiverged) {
//		log.Fatal(err, ": ", opt.RunChecked())
//	}
//
// It is nil if all that is evaluated is finite.
func (o *Objective) RunChecked() error {
	p, err := graph.Compile(o.formulas[ofBoth].outputs...)
	if err != nil {
		return err
	}
	if err := p.Read(o.inputs); err != nil {
		return err
	}
	return p.RunChecked()
}
