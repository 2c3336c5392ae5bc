package models

import "time"

// A History says how a training went. It marshals to JSON.
type History struct {
	Epochs  []Epoch
	Costs   []float64 // by a solver without epochs: the cost at each iteration
	Best    int       // the epoch whose weights the model has, from 1, if they are not the last
	Stopped string    // why it ended before its time; "" if it did not
	Rows    int       // training rows
	Steps   int       // parameter updates

	Converged    bool    // of a solver with a tolerance
	Iterations   int     // of such a solver
	GradientNorm float64 // where it ended
}

// An Epoch is one pass through the training rows.
type Epoch struct {
	Number     int     // from 1
	Loss       float64 // the mean cost of its batches, weighted by their sizes
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
