package models

// A Callback is told of every epoch of a training. It serves one at a time.
type Callback interface {
	// Begin is called before the first epoch. An error ends the training before
	// it began.
	Begin(t *Training) error

	// EpochEnd is called after each epoch. ErrStop, or an error that wraps it,
	// ends the training in good order; another error ends it with that error,
	// and leaves the model as it was.
	EpochEnd(t *Training, e Epoch) error

	// End is called when the training is over, for whatever reason, before the
	// model changes.
	End(t *Training) error
}

// EachEpoch makes a Callback of a function.
func EachEpoch(f func(t *Training, e Epoch) error) Callback { return eachEpoch(f) }

type eachEpoch func(t *Training, e Epoch) error

func (eachEpoch) Begin(*Training) error                 { return nil }
func (f eachEpoch) EpochEnd(t *Training, e Epoch) error { return f(t, e) }
func (eachEpoch) End(*Training) error                   { return nil }
