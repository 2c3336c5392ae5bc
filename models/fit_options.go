package models

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"adjoint/data"
	"adjoint/optim"
)

// FitOptions say how a network is trained. The zero value means 100 epochs of shuffled
// batches of 32, by Adam with the defaults of Keras.
type FitOptions struct {
	Epochs    int  // 0 is 100
	Batch     int  // examples a step; 0 is 32
	FullBatch bool // all examples in one step
	NoShuffle bool // batches in the order of the rows
	Window    int  // rows that are shuffled with each other, see data.Dataset.BatchesWithin; 0 is all, and data.DefaultWindow for rows of a file

	// Augment changes the examples of each batch at random, by the Seed, the step and the row, while the step before
	// runs; nil is not to. Examples that are scored stay as they are. The model takes its features as they are: it has no
	// Prepare and no Standardize.
	Augment Augmenter

	Rule     optim.Rule     // nil is Adam{Rate: 0.001, Eps: 1e-7}
	Schedule optim.Schedule // of the rate, by step; nil is constant
	Clip     optim.Clip     // of the gradients

	// Parts cuts each batch into so many parts of about as many examples, whose gradients
	// are added along a fixed tree: a step takes the memory of one part. Elsewhere:
	// gradient accumulation. 0 is 1, and 8 for a Group. The cost has to be a mean over
	// examples, and a penalty.
	Parts int

	// Group is the processes that share the parts of each batch, see package cluster. All of
	// them fit the same model on the same rows by the same options, which is checked, and end
	// with the same weights: those of one process with as many Parts. Only that of rank 0 has
	// a Progress and writes checkpoints. nil is this process alone.
	Group optim.Group

	// Average makes the model that is scored and kept one of averages of the weights: after
	// each step they are Average times what they were, and 1 − Average times the weights.
	// 0 is none; 0.999 is usual.
	Average float64

	Validation      *data.Dataset // scored after each epoch
	ValidationSplit float64       // or the share of rows to validate on: the last ones before shuffling, as in Keras
	TrainScores     bool          // score the training rows after each epoch too

	// The loss of an example is multiplied by the weight of the example, that which it has
	// in the data set, and that of its class. The cost is the sum of these divided by the number of examples, as
	// in Keras, not by the sum of the weights. nil means weights of 1. Scores are
	// not weighted.
	SampleWeights []float64 // one for each row of the data set, before the split
	ClassWeights  []float64 // one for each class

	Metrics   []Metric // scores of one's own, in the Scores of each epoch and of Evaluate
	Callbacks []Callback
	Progress  Progress // nil shows nothing; see Lines and package progress

	// Resume continues the training of a snapshot. Epochs counts those before the
	// snapshot too. The result has the bits of a training that never stopped. The
	// model, the data and the options have to be the same as before, except for
	// Epochs, Progress and Callbacks; else the error wraps ErrResume.
	Resume *Snapshot
}

// withDefaults returns the options for d with defaults filled in, or an error if they
// are not valid.
func (o FitOptions) withDefaults(d *data.Dataset) (FitOptions, error) {
	switch {
	case o.Epochs < 0:
		return o, fmt.Errorf("%w: %d epochs", ErrOption, o.Epochs)
	case o.Window < 0:
		return o, fmt.Errorf("%w: windows of %d rows", ErrOption, o.Window)
	case o.Batch < 0:
		return o, fmt.Errorf("%w: batches of %d", ErrOption, o.Batch)
	case o.Batch != 0 && o.FullBatch:
		return o, fmt.Errorf("%w: both FullBatch and batches of %d", ErrOption, o.Batch)
	case o.Parts < 0:
		return o, fmt.Errorf("%w: batches in %d parts", ErrOption, o.Parts)
	case !(0 <= o.Average && o.Average < 1):
		return o, fmt.Errorf("%w: Average is %g, want 0 ≤ Average < 1", ErrOption, o.Average)
	case o.ValidationSplit > 1:
		return o, fmt.Errorf("%w: ValidationSplit is %g, want a part of the rows: 0.2 for a fifth", data.ErrSplit, o.ValidationSplit)
	case o.ValidationSplit != 0 && o.Validation != nil:
		return o, fmt.Errorf("%w: both Validation and ValidationSplit", ErrOption)
	case slices.Contains(o.Callbacks, nil):
		return o, fmt.Errorf("%w: a callback is nil", ErrOption)
	}
	if err := checkMetrics(o.Metrics); err != nil {
		return o, err
	}
	if err := checkWeights("SampleWeights", o.SampleWeights, d.Rows(), "rows"); err != nil {
		return o, err
	}
	if err := checkWeights("ClassWeights", o.ClassWeights, len(d.Classes), "classes"); err != nil {
		return o, err
	}
	if o.Window == 0 && d.Mapped != nil {
		o.Window = data.DefaultWindow
	}
	parts := 1
	if o.Group != nil {
		parts = 8
		if o.Group.Rank() != 0 {
			o.Progress = silence{}
		}
	}
	o.Epochs, o.Batch, o.Parts = cmp.Or(o.Epochs, 100), cmp.Or(o.Batch, 32), cmp.Or(o.Parts, parts)
	if o.Rule == nil {
		o.Rule = optim.Adam{Rate: 0.001, Eps: 1e-7}
	}
	if o.Progress == nil {
		o.Progress = silence{}
	}
	return o, nil
}

// checkWeights returns an error unless w is nil, or n finite numbers ≥ 0 that are not
// all 0.
func checkWeights(name string, w []float64, n int, what string) error {
	if w == nil {
		return nil
	}
	if len(w) != n {
		return fmt.Errorf("%w: %d %s for %d %s", ErrWeights, len(w), name, n, what)
	}
	largest := 0.0
	for i, v := range w {
		if !(v >= 0) || math.IsInf(v, 1) {
			return fmt.Errorf("%w: %s[%d] = %g", ErrWeights, name, i, v)
		}
		largest = max(largest, v)
	}
	if largest == 0 {
		return fmt.Errorf("%w: %s are all 0", ErrWeights, name)
	}
	return nil
}

// weights returns the weight of each row, or nil if all are 1.
func (o FitOptions) weights(d *data.Dataset) []float64 {
	if o.SampleWeights == nil && o.ClassWeights == nil && d.Weights == nil {
		return nil
	}
	w := make([]float64, d.Rows())
	for i := range w {
		w[i] = 1
		if d.Weights != nil {
			w[i] = d.Weights[i]
		}
		if o.SampleWeights != nil {
			w[i] *= o.SampleWeights[i]
		}
		if o.ClassWeights != nil {
			w[i] *= o.ClassWeights[int(d.Y[i])]
		}
	}
	return w
}

// split separates the validation rows from the training rows and their weights.
func (o FitOptions) split(d *data.Dataset) (FitOptions, *data.Dataset, error) {
	if o.ValidationSplit == 0 {
		return o, d, nil
	}
	train, validation, err := d.SplitLast(o.ValidationSplit)
	if err != nil {
		return o, nil, err
	}
	const cure = "rows are taken as they lie, so shuffle sorted ones: Dataset.Split with Stratify gives a Validation"
	if names := missingClasses(d, train); names != nil {
		err := fmt.Errorf("%w: ValidationSplit %g leaves no training row of class %s; %s", data.ErrSplit, o.ValidationSplit, strings.Join(names, ", "), cure)
		return o, nil, cmp.Or(train.CheckClasses(), err)
	}
	o.Validation = validation
	if o.SampleWeights != nil {
		o.SampleWeights = o.SampleWeights[:train.Rows()]
	}
	return o, train, nil
}
