package models

import (
	"fmt"
	"math"
)

// EarlyStopping ends a training when the monitored value has not improved for
// Patience epochs, as Keras's EarlyStopping does:
//
//	Callbacks: []models.Callback{&models.EarlyStopping{Patience: 5, RestoreBest: true}}
type EarlyStopping struct {
	// Monitor returns the value that should become small. nil is
	// Epoch.MonitoredLoss. NaN is no improvement.
	Monitor func(e Epoch) float64

	Patience    int     // epochs without improvement; 0 is 1
	MinDelta    float64 // the least improvement that counts
	RestoreBest bool    // the model gets the weights of the best epoch, whatever ended the training

	best    float64
	epoch   int // 0 until there is a best one
	weights values
}

// Begin resets the state. For a training that is resumed it replays the epochs so far.
func (s *EarlyStopping) Begin(t *Training) error {
	if s.Patience < 0 || !(s.MinDelta >= 0) {
		return fmt.Errorf("%w: EarlyStopping with patience %d and minimal change %g", ErrOption, s.Patience, s.MinDelta)
	}
	s.best, s.epoch, s.weights = math.Inf(1), 0, nil
	var stop error
	for _, e := range t.history.Epochs {
		stop = s.compare(e)
	}
	if s.RestoreBest && s.epoch > 0 {
		var err error
		if s.weights, err = t.weightsAfter(s.epoch); err != nil {
			return err
		}
	}
	return stop
}

// EpochEnd compares the epoch with the best one.
func (s *EarlyStopping) EpochEnd(t *Training, e Epoch) error {
	err := s.compare(e)
	if s.RestoreBest && s.epoch == e.Number {
		s.weights = t.Weights()
	}
	return err
}

// compare remembers the epoch if it is the best so far. Otherwise it returns ErrStop if
// it is time to stop.
func (s *EarlyStopping) compare(e Epoch) error {
	if v := s.monitor(e); v < s.best-s.MinDelta {
		s.best, s.epoch = v, e.Number
		return nil
	}
	if e.Number-s.epoch >= max(s.Patience, 1) {
		return fmt.Errorf("%w: no improvement since epoch %d", ErrStop, s.epoch)
	}
	return nil
}

func (s *EarlyStopping) monitor(e Epoch) float64 {
	if s.Monitor != nil {
		return s.Monitor(e)
	}
	return e.MonitoredLoss()
}

// End restores the weights of the best epoch, if RestoreBest is set.
func (s *EarlyStopping) End(t *Training) error {
	if s.weights == nil {
		return nil
	}
	defer func() { s.weights = nil }()
	t.history.Best = s.epoch
	return t.SetWeights(s.weights)
}

// keptWeights returns the weights that a snapshot has to hold, and their epoch.
func (s *EarlyStopping) keptWeights() (epoch int, weights values) { return s.epoch, s.weights }
