package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"adjoint/models"

	"golang.org/x/term"
)

// Bar shows a training as a bar that grows with every step, if w is a terminal:
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
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &bar{w: w, columns: func() int { return columns(f) }, now: time.Now}
	}
	return models.Lines(w)
}

// columns is the width of a terminal, which may change while it is written to.
func columns(f *os.File) int {
	const usual = 80
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return usual
}

// refresh is the shortest time between two drawings.
const refresh = 65 * time.Millisecond

type bar struct {
	w       io.Writer
	columns func() int
	now     func() time.Time

	epochs, total, done int
	losses              string // of the last epoch
	epoch               int
	begun, drawn        time.Time
	length              int // of what is on the line
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
	if b.now().Sub(b.drawn) >= refresh {
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

// End puts the line of the last epoch in the place of the bar.
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

// draw draws the line anew.
func (b *bar) draw() {
	b.drawn = b.now()
	b.write(b.line(b.columns() - 1)) // in the last column a terminal may begin a new line
}

// write puts a line in the place of the one there was. What fails to be written to
// a terminal is nobody's loss.
func (b *bar) write(line string) {
	n := len([]rune(line))
	fmt.Fprint(b.w, "\r"+line+strings.Repeat(" ", max(0, b.length-n)))
	b.length = n
}

// line is the first of these that there is room for: all there is; without the
// time; without the bar too; without the losses, with and without the bar; how far
// it is.
func (b *bar) line(room int) string {
	part := 0.0
	if b.total > 0 {
		part = min(1, float64(b.done)/float64(b.total))
	}
	percent := fmt.Sprintf("%3.0f%%", 100*part)
	epoch := fmt.Sprintf("epoch %*d/%d  %s", len(fmt.Sprint(b.epochs)), b.epoch, b.epochs, percent)
	const full = 20
	filled := int(part * full)
	bar := "  " + strings.Repeat("█", filled) + strings.Repeat("░", full-filled)
	losses := ""
	if b.losses != "" {
		losses = "  " + b.losses
	}
	for _, line := range []string{epoch + losses + bar + b.times(part), epoch + losses + bar, epoch + losses, epoch + bar, epoch, strings.TrimSpace(percent)} {
		if len([]rune(line)) <= room {
			return line
		}
	}
	return ""
}

// times are the time it took and, once that can be told, how long it will take.
func (b *bar) times(part float64) string {
	took := b.drawn.Sub(b.begun)
	text := "  " + took.Round(time.Second).String()
	if part > 0 && part < 1 {
		left := time.Duration(float64(took) * (1 - part) / part)
		text += ", " + left.Round(time.Second).String() + " left"
	}
	return text
}
