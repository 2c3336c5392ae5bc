package models

import "time"

// A History says how a training went. It marshals to JSON.
type History struct {
	Epochs  []Epoch
	Costs   []float64 // of [Config]: J before each iteration; of LBFGS: J at the end
	Best    int       // the epoch whose weights EarlyStopping restored, from 1; else 0
	Stopped string    // why it ended before its time, or did not converge; "" if neither
	Rows    int       // training rows
	Steps   int       // parameter updates

	// What follows is that of LBFGS.

	Converged    bool    // the gradient is below the tolerance, at a minimum
	Iterations   int     // line searches, or steps of FISTA
	GradientNorm float64 // at the end; of the proximal gradient if the penalty is L1
}

// An Epoch is one pass through the training rows.
type Epoch struct {
	Number     int     // from 1
	Loss       float64 // the mean cost of its batches, each before its step, weighted by size
	Rate       float64 // the learning rate of its last step
	Train      *Scores `json:",omitempty"` // after the epoch, if TrainScores
	Validation *Scores `json:",omitempty"` // after the epoch, if there are validation rows
	Duration   time.Duration
}

// Last returns the last epoch, or nil.
func (h *History) Last() *Epoch {
	if len(h.Epochs) == 0 {
		return nil
	}
	return &h.Epochs[len(h.Epochs)-1]
}
