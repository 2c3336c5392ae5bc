package models

import "time"

// A History says how a training went. It marshals to JSON.
type History struct {
	Epochs  []Epoch
	Costs   []float64 // of [Config]: J before each iteration; of LBFGS: J at the end
	Best    int       // the epoch whose weights EarlyStopping restored, from 1; else 0
	Stopped string    // why it ended before its time, or why LBFGS did not converge, and a cure; "" if neither
	Rows    int       // training rows

	// Warnings are what may make the model less than it seems, each with a cure.
	Warnings []string `json:",omitempty"`

	Steps int // parameter updates

	// What follows is that of LBFGS.

	Converged  bool // the gradient is below the tolerance, at a minimum
	Iterations int  // line searches, or steps of FISTA
	// At the end, in the weights of standardised features; of the proximal
	// gradient if the penalty is L1.
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

// Remarks are Stopped and the Warnings, as far as there are any: what to read
// beside the scores.
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
