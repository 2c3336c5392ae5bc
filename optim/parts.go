package optim

import (
	"fmt"

	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// parts add up to a batch that is fed in several parts.
type parts struct {
	count int
	loss  float64
	moved []*tensor.Dense // of the gradients, then of where the states move
}

// Add evaluates J and ∇J for a part of a batch that was fed, and adds share times them, and
// share times where the states move, to what StepAdded steps by. The shares of a batch are
// those of its examples, and sum to 1: so a mean over the parts is one over the batch. It
// returns J of the part. The error is that of LossGradient.
func (o *Optimizer) Add(share float64) (float64, error) {
	loss, gradient, err := o.LossGradient()
	if err != nil {
		return 0, err
	}
	p := &o.parts
	if p.moved == nil {
		for _, v := range o.moved(gradient) {
			p.moved = append(p.moved, v.Clone().(*tensor.Dense))
		}
	}
	for i, v := range o.moved(gradient) {
		addShare(p.moved[i], v, share, p.count == 0)
	}
	if p.count == 0 {
		p.loss = 0
	}
	p.loss += share * loss
	p.count++
	return loss, nil
}

// moved returns a gradient and where the states move as one list.
func (o *Optimizer) moved(gradient []*tensor.Dense) []*tensor.Dense {
	return append(gradient[:len(gradient):len(gradient)], o.states.values...)
}

// StepAdded is StepLoss for what was added since the last step. It wraps ErrOption if
// nothing was.
func (o *Optimizer) StepAdded() (float64, error) {
	p := &o.parts
	if p.count == 0 {
		return 0, fmt.Errorf("a step by no part of a batch: %w", ErrOption)
	}
	p.count = 0
	o.take(p.moved)
	if !isFinite(p.loss) {
		return p.loss, &DivergedError{Step: o.steps + 1, Loss: p.loss, Rate: o.Rate()}
	}
	return p.loss, o.move(o.last, p.loss)
}

// addShare adds share·src to dst, or sets dst to it.
func addShare(dst, src *tensor.Dense, share float64, set bool) {
	if dst.Dtype() == tensor.Float32 {
		addShareOf(dst.Float32s(), src.Float32s(), float32(share), set)
	} else {
		addShareOf(dst.Float64s(), src.Float64s(), share, set)
	}
}

func addShareOf[T kernel.Float](dst, src []T, share T, set bool) {
	if set {
		kernel.Scale(dst, src, share)
	} else {
		kernel.Axpy(dst, src, share)
	}
}
