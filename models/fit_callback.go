package models

// A Callback is called at every epoch of a training. It serves one training at a time.
type Callback interface {
	// Begin is called before the first epoch. If it returns an error no epoch runs.
	Begin(t *Training) error

	// EpochEnd is called after each epoch. An error that wraps ErrStop ends the
	// training, and the model gets its weights. Any other error is returned by Fit,
	// which leaves the model unchanged.
	EpochEnd(t *Training, e Epoch) error

	// End is called when the training has ended, for whatever reason, before the
	// model changes.
	End(t *Training) error
}

// EachEpoch makes a Callback of a function.
func EachEpoch(f func(t *Training, e Epoch) error) Callback { return eachEpoch(f) }

type eachEpoch func(t *Training, e Epoch) error

func (eachEpoch) Begin(*Training) error                 { return nil }
func (f eachEpoch) EpochEnd(t *Training, e Epoch) error { return f(t, e) }
func (eachEpoch) End(*Training) error                   { return nil }
