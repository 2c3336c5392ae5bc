package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// A line of a terminal is written anew from time to time.
type line struct {
	w       io.Writer
	columns func() int
	now     func() time.Time

	begun, drawn time.Time
	length       int // of what is on the line
}

// onTerminal returns a line of w, if it is a terminal; else nil.
func onTerminal(w io.Writer) *line {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &line{w: w, columns: func() int { return columns(f) }, now: time.Now}
	}
	return nil
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

// due reports whether the line is to be drawn again.
func (l *line) due() bool { return l.now().Sub(l.drawn) >= refresh }

// writeFirst writes the first of the texts that there is room for, or none. In the last column a terminal may begin a new
// line.
func (l *line) writeFirst(texts ...string) {
	room := l.columns() - 1
	for _, text := range texts {
		if len([]rune(text)) <= room {
			l.write(text)
			return
		}
	}
	l.write("")
}

// write puts a text in the place of the one there was. What fails to be written to
// a terminal is nobody's loss.
func (l *line) write(text string) {
	n := len([]rune(text))
	fmt.Fprint(l.w, "\r"+text+strings.Repeat(" ", max(0, l.length-n)))
	l.length = n
}

// times are the time it took and, once that can be told, how long it will take.
func (l *line) times(part float64) string {
	took := l.drawn.Sub(l.begun)
	text := "  " + took.Round(time.Second).String()
	if part > 0 && part < 1 {
		left := time.Duration(float64(took) * (1 - part) / part)
		text += ", " + left.Round(time.Second).String() + " left"
	}
	return text
}

// strip is a bar of which so much is full.
func strip(part float64) string {
	const full = 20
	filled := int(part * full)
	return "  " + strings.Repeat("█", filled) + strings.Repeat("░", full-filled)
}
