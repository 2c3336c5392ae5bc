package progress

import (
	"fmt"
	"io"
	"math"
)

// Bytes returns a function that shows a bar of how many bytes are done of how many there are, if w is a terminal, as
// Progress of a [adjoint/data.Stream] wants it:
//
//	rows.csv   38%  1.0 of 2.7 GB  ███████░░░░░░░░░░░░░  6s, 10s left
//
// At the end the line stays, with the time that it took. If w is no terminal, nothing is shown.
func Bytes(w io.Writer, what string) func(done, total int64) {
	l := onTerminal(w)
	if l == nil {
		return func(int64, int64) {}
	}
	return bytesOn(l, what)
}

func bytesOn(l *line, what string) func(done, total int64) {
	return func(done, total int64) {
		if l.begun.IsZero() {
			l.begun = l.now()
		}
		if done < total && !l.due() {
			return
		}
		l.drawn = l.now()
		part := 1.0
		if total > 0 {
			part = min(1, float64(done)/float64(total))
		}
		percent := fmt.Sprintf("%3.0f%%", 100*part)
		of := fmt.Sprintf("%s  %s  %s", what, percent, amounts(done, total))
		l.writeFirst(of+strip(part)+l.times(part), of+strip(part), of, what+"  "+percent, percent)
		if done >= total {
			fmt.Fprintln(l.w)
			l.length = 0
		}
	}
}

// amounts is how many bytes are done of how many, in the unit of the latter.
func amounts(done, total int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	k := 0
	for size := float64(total); size >= 1000 && k+1 < len(units); size /= 1000 {
		k++
	}
	unit := math.Pow(1000, float64(k))
	if k == 0 {
		return fmt.Sprintf("%d of %d bytes", done, total)
	}
	return fmt.Sprintf("%.1f of %.1f %s", float64(done)/unit, float64(total)/unit, units[k])
}
