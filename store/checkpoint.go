package store

import (
	"fmt"
	"math"

	"adjoint/models"
)

// A Checkpoint is a Callback that saves a training. It serves one training at a time.
type Checkpoint struct {
	Path  string // the file that each checkpoint replaces; "" is none
	Every int    // epochs from one to the next; 0 is 1

	// Best is the file for the epoch with the smallest Monitor so far; "" is none.
	// A nil Monitor is models.Epoch.MonitoredLoss. A training that is resumed is
	// compared with its earlier epochs too.
	Best    string
	Monitor func(e models.Epoch) float64

	best float64
	disk disk
}

// Begin checks that the training can be saved and the files can be written, so that a
// long training does not fail at its first checkpoint.
func (c *Checkpoint) Begin(t *models.Training) error {
	if c.Path == "" && c.Best == "" || c.Path == c.Best || c.Every < 0 {
		return fmt.Errorf("%w: a checkpoint every %d epochs to %q, the best to %q", models.ErrOption, c.Every, c.Path, c.Best)
	}
	if _, err := t.Snapshot(); err != nil {
		return err
	}
	if c.disk == nil {
		c.disk = system{}
	}
	for _, path := range []string{c.Path, c.Best} {
		if path == "" {
			continue
		}
		if err := Writable(path); err != nil {
			return err
		}
	}
	c.best = math.Inf(1)
	for _, e := range t.History().Epochs {
		c.better(e)
	}
	return nil
}

// EpochEnd saves the training every so many epochs, and after the best epoch so far. An
// error ends the training.
func (c *Checkpoint) EpochEnd(t *models.Training, e models.Epoch) error {
	var paths []string
	if c.Path != "" && e.Number%max(c.Every, 1) == 0 {
		paths = append(paths, c.Path)
	}
	if c.better(e) && c.Best != "" {
		paths = append(paths, c.Best)
	}
	if paths == nil {
		return nil
	}
	s, err := t.Snapshot()
	if err != nil {
		return err
	}
	if t.Rank() != 0 {
		return nil // the Checkpoint of rank 0 writes the same
	}
	for _, path := range paths {
		if err := replace(c.disk, path, s.Save); err != nil {
			return fmt.Errorf("checkpoint of epoch %d: %w", e.Number, err)
		}
	}
	return nil
}

// End does nothing: the files stay.
func (c *Checkpoint) End(*models.Training) error { return nil }

// better reports whether the epoch is the best so far, and remembers it.
func (c *Checkpoint) better(e models.Epoch) bool {
	v := c.monitor(e)
	if !(v < c.best) {
		return false
	}
	c.best = v
	return true
}

func (c *Checkpoint) monitor(e models.Epoch) float64 {
	if c.Monitor != nil {
		return c.Monitor(e)
	}
	return e.MonitoredLoss()
}
