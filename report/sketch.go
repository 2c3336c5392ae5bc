package report

import (
	"fmt"
	"math"
	"strings"

	"adjoint/models"
)

// Sketch draws the loss of the epochs with braille letters, of 2×4 dots each. The sketch
// is width letters wide and height lines high, including the largest and the smallest
// loss on the left and the numbers of epochs below.
//
//	0.69 ⡇
//	     ⠘⣄
//	       ⠙⢦⣀
//	0.08      ⠉⠑⠒⠒⠤⠤⠤⠤
//	     1           40
//
// Losses that are not finite are left out. Sketch returns "" if none is left, or if
// width or height is too small: 20 and 3 are enough.
func Sketch(h *models.History, width, height int) string {
	if h == nil {
		return ""
	}
	var epochs []models.Epoch
	low, high := math.Inf(1), math.Inf(-1)
	for _, e := range h.Epochs {
		if math.IsNaN(e.Loss) || math.IsInf(e.Loss, 0) {
			continue
		}
		epochs = append(epochs, e)
		low, high = min(low, e.Loss), max(high, e.Loss)
	}
	top, bottom := fmt.Sprintf("%.3g ", high), fmt.Sprintf("%.3g ", low)
	room := max(len(top), len(bottom))
	if len(epochs) == 0 || height < 3 || width-room < 8 {
		return ""
	}

	d := newDots(width-room, height-1)
	first, last := epochs[0].Number, epochs[len(epochs)-1].Number
	x0, y0 := 0, 0
	for i, e := range epochs {
		x := scale(float64(e.Number), float64(first), float64(last), 2*d.width-1)
		y := 4*d.height - 1 - scale(e.Loss, low, high, 4*d.height-1)
		if i == 0 {
			x0, y0 = x, y
		}
		d.line(x0, y0, x, y)
		x0, y0 = x, y
	}

	var b strings.Builder
	for i := range d.height {
		name := ""
		switch i {
		case 0:
			name = top
		case d.height - 1:
			name = bottom
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%*s%s", room, name, d.row(i)), " ") + "\n")
	}
	from, to := fmt.Sprint(first), fmt.Sprint(last)
	fmt.Fprintf(&b, "%*s%s%*s\n", room, "", from, d.width-len(from), to)
	return b.String()
}

// scale maps v in [low, high] to 0, …, most. The halves keep high−low finite.
func scale(v, low, high float64, most int) int {
	if high == low {
		return 0
	}
	return int(math.Round((v/2 - low/2) / (high/2 - low/2) * float64(most)))
}

// dots is a screen of width×height braille letters.
type dots struct {
	width, height int
	letters       []rune
}

// braille is the letter without dots; those of a letter are the bits of its code,
// left and right column by row (Unicode, Braille Patterns, U+2800).
const braille = '⠀'

var bit = [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func newDots(width, height int) *dots {
	d := &dots{width, height, make([]rune, width*height)}
	for i := range d.letters {
		d.letters[i] = braille
	}
	return d
}

// row returns a line; letters without dots are spaces.
func (d *dots) row(i int) string {
	return strings.ReplaceAll(string(d.letters[i*d.width:(i+1)*d.width]), string(braille), " ")
}

// line sets the dots from one point to another.
func (d *dots) line(x0, y0, x1, y1 int) {
	n := max(abs(x1-x0), abs(y1-y0), 1)
	for i := range n + 1 {
		t := float64(i) / float64(n)
		x := x0 + int(math.Round(t*float64(x1-x0)))
		y := y0 + int(math.Round(t*float64(y1-y0)))
		d.letters[y/4*d.width+x/2] |= bit[y%4][x%2]
	}
}

func abs(n int) int { return max(n, -n) }
