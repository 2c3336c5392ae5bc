package draw

import (
	"strings"
	"unicode"
)

// The sizes of texts, in pixels.
const (
	titleSize  = 16
	nameSize   = 14
	detailSize = 13
	lineStep   = 15 // from line to line of a detail
	monoWidth  = 0.602 * detailSize
)

// wide is how wide a text is in Helvetica, or a little less than that, by the
// letters of a few widths that there are.
func wide(s string, size float64) (w float64) {
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case strings.ContainsRune("ijlI.,:;|'!()[]{}ftr/ ", r):
			w += 0.34
		case strings.ContainsRune("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ", r):
			w += 0.42
		case strings.ContainsRune("mwMWφψ∂∇∘⊙−+=…@%Σ", r):
			w += 0.85
		case r >= 0x1100:
			w += 1.05
		case r >= 0x370 || unicode.IsUpper(r):
			w += 0.75
		default:
			w += 0.57
		}
	}
	return w * size
}

// A block is a text of several lines. That of a matrix has its brackets apart.
type block struct {
	lines  []string
	matrix bool
	w, h   float64
}

// blockOf reads a text. Its lines are a matrix if each is in brackets.
func blockOf(text string) block {
	var b block
	if text == "" {
		return b
	}
	b.lines, b.matrix = strings.Split(strings.TrimSuffix(text, "\n"), "\n"), true
	for _, s := range b.lines {
		_, _, ok := brackets(s)
		b.matrix = b.matrix && ok
	}
	b.h = lineStep * float64(len(b.lines))
	for i, s := range b.lines {
		if b.matrix {
			_, b.lines[i], _ = brackets(s)
			b.w = max(b.w, monoWidth*float64(len([]rune(b.lines[i])))+12)
		} else {
			b.w = max(b.w, wide(s, detailSize))
		}
	}
	return b
}

// brackets takes a line of a matrix out of its brackets.
func brackets(s string) (bracket, inside string, ok bool) {
	r := []rune(s)
	if len(r) < 2 || !strings.ContainsRune("[⎡⎢⎣", r[0]) || !strings.ContainsRune("]⎤⎥⎦", r[len(r)-1]) {
		return "", s, false
	}
	return string(r[0]), string(r[1 : len(r)-1]), true
}

// boxSize returns the size of a box.
func boxSize(b box) (w, h float64) {
	d := blockOf(b.detail)
	return max(44, wide(b.title, titleSize)+18, d.w+14), max(46, 29+d.h+2)
}

// labelSize returns the size of what stands under a reverse arrow.
func labelSize(a arrow) (w, h float64) {
	d := blockOf(a.detail)
	h = d.h
	if a.label != "" {
		h += nameSize + 4
	}
	return max(wide(a.label, nameSize), d.w) + 2, h
}
