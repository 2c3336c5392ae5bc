package progress

import (
	"fmt"
	"io"
	"strings"

	"adjoint/models"
)

// Bar returns a Progress that shows a bar, which grows with every step, if w is a
// terminal:
//
//	epoch  57/150   38%  loss 0.0712  validation 0.0834  ███████░░░░░░░░░░░░░  2s, 3s left
//
// It keeps to one line, however narrow: what there is no room for is left out, of
// 20 columns all but the epoch and how far it is. When the training is over, the
// line of the last epoch takes the place of the bar. If w is no terminal, such as a
// file or a pipe, Bar is [models.Lines].
//
// Like any Progress it serves one training at a time.
func Bar(w io.Writer) models.Progress {
	if l := onTerminal(w); l != nil {
		return &bar{line: *l}
	}
	return models.Lines(w)
}

type bar struct {
	line

	epochs, total, done int
	losses              string // of the last epoch
	epoch               int
}

// Begin draws the empty bar.
func (b *bar) Begin(epochs, steps int) {
	b.epochs, b.total, b.done = epochs, epochs*steps, 0
	b.epoch, b.losses, b.begun = 1, "", b.now()
	b.draw()
}

// Step moves the bar on.
func (b *bar) Step(int, float64) {
	b.done++
	if b.due() {
		b.draw()
	}
}

// Epoch writes what the epoch came to beside the bar.
func (b *bar) Epoch(e models.Epoch) {
	b.epoch, b.losses = e.Number, fmt.Sprintf("loss %.4f", e.Loss)
	if e.Validation != nil {
		b.losses += fmt.Sprintf("  validation %.4f", e.Validation.Loss)
	}
	b.draw()
}

// End replaces the bar by the line of the last epoch.
func (b *bar) End(h *models.History, _ error) {
	b.write("")
	fmt.Fprint(b.w, "\r")
	if last := h.Last(); last != nil {
		fmt.Fprintln(b.w, models.EpochLine(*last, b.epochs))
	}
	for _, remark := range h.Remarks() {
		fmt.Fprintln(b.w, remark)
	}
}

// draw draws the first of these that there is room for: all there is; without the
// time; without the bar too; without the losses, with and without the bar; how far
// it is.
func (b *bar) draw() {
	b.drawn = b.now()
	part := 0.0
	if b.total > 0 {
		part = min(1, float64(b.done)/float64(b.total))
	}
	percent := fmt.Sprintf("%3.0f%%", 100*part)
	epoch := fmt.Sprintf("epoch %*d/%d  %s", len(fmt.Sprint(b.epochs)), b.epoch, b.epochs, percent)
	bar, losses := strip(part), ""
	if b.losses != "" {
		losses = "  " + b.losses
	}
	b.writeFirst(epoch+losses+bar+b.times(part), epoch+losses+bar, epoch+losses, epoch+bar, epoch, strings.TrimSpace(percent))
}
