package models

import (
	"fmt"
	"io"
	"time"
)

// A Progress shows how a training proceeds. It serves one training at a time.
type Progress interface {
	Begin(epochs, steps int)     // before the first epoch; steps is the number in each
	Step(step int, loss float64) // after each step of an epoch, counted from 0
	Epoch(e Epoch)               // after each epoch
	End(h *History, err error)   // when the training has ended
}

type silence struct{}

func (silence) Begin(int, int)      {}
func (silence) Step(int, float64)   {}
func (silence) Epoch(Epoch)         {}
func (silence) End(*History, error) {}

// Lines returns a Progress that prints a line for each epoch:
//
//	epoch   3/150  loss 0.1234  validation loss 0.1311  accuracy 0.9577  12ms
//
// and, at the end, the Remarks of the History.
func Lines(w io.Writer) Progress { return &lines{w: w} }

type lines struct {
	w      io.Writer
	epochs int
}

func (l *lines) Begin(epochs, _ int) { l.epochs = epochs }
func (l *lines) Step(int, float64)   {}
func (l *lines) Epoch(e Epoch)       { fmt.Fprintln(l.w, EpochLine(e, l.epochs)) }
func (l *lines) End(h *History, _ error) {
	for _, remark := range h.Remarks() {
		fmt.Fprintln(l.w, remark)
	}
}

// EpochLine returns the line that [Lines] prints for e. epochs is their number.
func EpochLine(e Epoch, epochs int) string {
	width := len(fmt.Sprint(epochs))
	s := fmt.Sprintf("epoch %*d/%d  loss %.4f", width, e.Number, epochs, e.Loss)
	for _, part := range []struct {
		name   string
		scores *Scores
	}{{"training", e.Train}, {"validation", e.Validation}} {
		if part.scores != nil {
			s += fmt.Sprintf("  %s loss %.4f  %s %.4f", part.name, part.scores.Loss, part.scores.ScoreName(), part.scores.Score())
		}
	}
	return s + "  " + e.Duration.Round(time.Millisecond).String()
}
