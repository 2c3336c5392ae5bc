package progress

import (
	"fmt"
	"io"
	"os"
	"time"

	"adjoint/models"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Bar returns a Progress that shows a bar, which grows with every step, if w is a
// terminal:
//
//	epoch  57/150  loss 0.0712  validation 0.0834   38% |███████             | [2s:3s]
//
// When the training has ended, the line of the last epoch replaces the bar. If w is not a
// terminal, such as a file or a pipe, Bar returns [models.Lines].
//
// It serves one training at a time.
func Bar(w io.Writer) models.Progress { return choose(w, isTerminal) }

// choose returns a bar or lines.
func choose(w io.Writer, isTerminal func(io.Writer) bool) models.Progress {
	if isTerminal(w) {
		return &bar{w: w, refresh: 65 * time.Millisecond}
	}
	return models.Lines(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

type bar struct {
	w       io.Writer
	refresh time.Duration // the least time between two drawings
	epochs  int
	bar     *progressbar.ProgressBar
}

// Begin draws the empty bar.
func (b *bar) Begin(epochs, steps int) {
	b.epochs = epochs
	b.bar = progressbar.NewOptions64(int64(epochs)*int64(steps),
		progressbar.OptionSetWriter(b.w),
		progressbar.OptionSetWidth(20),
		progressbar.OptionThrottle(b.refresh),
		progressbar.OptionSetDescription(fmt.Sprintf("epoch 1/%d", epochs)),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionClearOnFinish(),
	)
}

// Step advances the bar. Here and below, errors of writing to the terminal are ignored.
func (b *bar) Step(int, float64) { _ = b.bar.Add(1) }

// Epoch writes the number and the losses of the epoch before the bar.
func (b *bar) Epoch(e models.Epoch) {
	text := fmt.Sprintf("epoch %*d/%d  loss %.4f", len(fmt.Sprint(b.epochs)), e.Number, b.epochs, e.Loss)
	if e.Validation != nil {
		text += fmt.Sprintf("  validation %.4f", e.Validation.Loss)
	}
	b.bar.Describe(text)
}

// End replaces the bar by the line of the last epoch.
func (b *bar) End(h *models.History, _ error) {
	_ = b.bar.Clear()
	_ = b.bar.Exit()
	if last := h.Last(); last != nil {
		fmt.Fprintln(b.w, models.EpochLine(*last, b.epochs))
	}
	for _, remark := range h.Remarks() {
		fmt.Fprintln(b.w, remark)
	}
}
