package models

import (
	"fmt"
	"math"

	"adjoint/data"
	"adjoint/optim"
)

// FitOptions say how a network is trained. The zero value is 100 epochs of
// batches of 32, shuffled, by Adam as Keras sets it up.
type FitOptions struct {
	Epochs    int  // 0 is 100
	Batch     int  // examples a step; 0 is 32
	FullBatch bool // all examples in one step
	NoShuffle bool // batches in the order of the rows

	Rule     optim.Rule     // nil is Adam{Rate: 0.001, Eps: 1e-7}
	Schedule optim.Schedule // by step; nil is constant
	Clip     optim.Clip

	Validation      *data.Dataset // scored after each epoch
	ValidationSplit float64       // or this part of the rows: the last, as Keras does, before shuffling
	TrainScores     bool          // score the training rows after each epoch too

	// A loss is multiplied by the weight of its example and that of its class
	// before the mean over the examples is taken, as in Keras. nil is 1.
	SampleWeights []float64 // one a row of the data set, before the split
	ClassWeights  []float64 // one a class

	Callbacks []Callback
	Progress  Progress // nil is silence; see Lines and package progress
}

// withDefaults returns the options with defaults in place, or what is wrong.
func (o FitOptions) withDefaults(d *data.Dataset) (FitOptions, error) {
	if o.Epochs == 0 {
		o.Epochs = 100
	}
	if o.Batch == 0 {
		o.Batch = 32
	}
	if o.Rule == nil {
		o.Rule = optim.Adam{Rate: 0.001, Eps: 1e-7}
	}
	if o.Progress == nil {
		o.Progress = silence{}
	}
	switch {
	case o.Epochs < 0:
		return o, fmt.Errorf("%w: %d epochs", ErrOption, o.Epochs)
	case o.Batch < 0:
		return o, fmt.Errorf("%w: batches of %d", ErrOption, o.Batch)
	case o.ValidationSplit != 0 && o.Validation != nil:
		return o, fmt.Errorf("%w: both Validation and ValidationSplit", ErrOption)
	}
	if err := checkWeights("SampleWeights", o.SampleWeights, d.Rows()); err != nil {
		return o, err
	}
	return o, checkWeights("ClassWeights", o.ClassWeights, len(d.Classes))
}

func checkWeights(name string, w []float64, n int) error {
	if w != nil && len(w) != n {
		return fmt.Errorf("%w: %d %s for %d", ErrWeights, len(w), name, n)
	}
	for i, v := range w {
		if !(v >= 0) || math.IsInf(v, 1) {
			return fmt.Errorf("%w: %s[%d] = %g", ErrWeights, name, i, v)
		}
	}
	return nil
}

// weights returns the weight of each row, or nil if all are 1.
func (o FitOptions) weights(d *data.Dataset) []float64 {
	if o.SampleWeights == nil && o.ClassWeights == nil {
		return nil
	}
	w := make([]float64, d.Rows())
	for i := range w {
		w[i] = 1
		if o.SampleWeights != nil {
			w[i] = o.SampleWeights[i]
		}
		if o.ClassWeights != nil {
			w[i] *= o.ClassWeights[int(d.Y[i])]
		}
	}
	return w
}
