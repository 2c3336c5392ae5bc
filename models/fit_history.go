package models

import "time"

// A History records a training. It marshals to JSON.
type History struct {
	Epochs  []Epoch
	Costs   []float64 // for a Config, J before each iteration; for LBFGS, J at the end
	Best    int       // the epoch whose weights EarlyStopping restored, from 1; else 0
	Stopped string    // why it ended early, or why LBFGS did not converge, and what to do; else ""
	Rows    int       // training rows

	// Warnings are reasons why the model may be worse than it seems, each with what
	// to do about it.
	Warnings []string `json:",omitempty"`

	Steps   int    // parameter updates
	Kernels string `json:",omitempty"` // the instruction set, as graph.Kernels names it, of the process that ended it

	// The fields below are set by LBFGS.

	Converged  bool // the gradient is below the tolerance, at a minimum
	Iterations int  // line searches, or steps of FISTA
	// GradientNorm is the norm of the gradient at the end, with respect to the
	// weights of standardised features. If the penalty is L1 it is the norm of the
	// proximal gradient.
	GradientNorm float64
}

// An Epoch is one pass through the training rows.
type Epoch struct {
	Number     int     // from 1
	Loss       float64 // the mean cost of its batches, each before its step, weighted by size; see Scores.Loss
	Rate       float64 // the learning rate of its last step
	Train      *Scores `json:",omitempty"` // after the epoch, if TrainScores
	Validation *Scores `json:",omitempty"` // after the epoch, if there are validation rows
	Duration   time.Duration
}

// MonitoredLoss returns what EarlyStopping and a Checkpoint compare by default: the
// validation loss, or the training loss where there is no validation.
func (e Epoch) MonitoredLoss() float64 {
	if e.Validation != nil {
		return e.Validation.Loss
	}
	return e.Loss
}

// Remarks returns Stopped, if it is not empty, and the Warnings.
func (h *History) Remarks() []string {
	if h.Stopped == "" {
		return h.Warnings
	}
	return append([]string{h.Stopped}, h.Warnings...)
}

// Last returns the last epoch, or nil.
func (h *History) Last() *Epoch {
	if len(h.Epochs) == 0 {
		return nil
	}
	return &h.Epochs[len(h.Epochs)-1]
}
