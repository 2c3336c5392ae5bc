package data

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"adjoint/internal/random"
)

// A Text is a text as numbers: each symbol, a character or a byte, is its position in an alphabet.
type Text struct {
	Symbols  []int
	Alphabet []string // the symbols that there are, sorted
}

// Characters returns a text in UTF-8 as characters, with those that occur as the alphabet. The error
// wraps ErrFormat if it is not UTF-8, and ErrEmpty if there is none.
func Characters(text string) (*Text, error) {
	if text == "" {
		return nil, fmt.Errorf("data: text: %w", ErrEmpty)
	}
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("data: text is not UTF-8: take Bytes: %w", ErrFormat)
	}
	runes := []rune(text)
	alphabet := slices.Compact(slices.Sorted(slices.Values(runes)))
	t := &Text{Symbols: make([]int, len(runes))}
	at := make(map[rune]int, len(alphabet))
	for i, r := range alphabet {
		at[r] = i
		t.Alphabet = append(t.Alphabet, string(r))
	}
	for i, r := range runes {
		t.Symbols[i] = at[r]
	}
	return t, nil
}

// Bytes returns a text as bytes. The alphabet is all 256.
func Bytes(text []byte) *Text {
	t := &Text{Symbols: make([]int, len(text))}
	for b := range 256 {
		t.Alphabet = append(t.Alphabet, string([]byte{byte(b)}))
	}
	for i, b := range text {
		t.Symbols[i] = int(b)
	}
	return t
}

// Encode returns the symbols of a text of characters of the same alphabet. The error names the first
// that is none, and wraps ErrArgument.
func (t *Text) Encode(text string) ([]int, error) {
	if len(t.Alphabet) == 256 && len(t.Alphabet[255]) == 1 && t.Alphabet[255][0] == 255 {
		return Bytes([]byte(text)).Symbols, nil
	}
	symbols := make([]int, 0, len(text))
	for i, r := range text {
		k, ok := slices.BinarySearch(t.Alphabet, string(r))
		if !ok {
			return nil, fmt.Errorf("data: %q at byte %d of the text is not in the alphabet: %w", r, i, ErrArgument)
		}
		symbols = append(symbols, k)
	}
	return symbols, nil
}

// Decode returns the text of symbols. One that is outside the alphabet is the replacement character.
func (t *Text) Decode(symbols []int) string {
	var b strings.Builder
	for _, s := range symbols {
		if s < 0 || s >= len(t.Alphabet) {
			b.WriteRune(utf8.RuneError)
			continue
		}
		b.WriteString(t.Alphabet[s])
	}
	return b.String()
}

// Split parts a text in order: the last part, of the given share between 0 and 1, is held out. The
// error wraps ErrSplit if a part would have fewer than two symbols.
func (t *Text) Split(held float64) (train, test *Text, err error) {
	n := len(t.Symbols)
	at := n - int(held*float64(n))
	if !(held > 0 && held < 1) || at < 2 || n-at < 2 {
		return nil, nil, fmt.Errorf("data: %g of a text of %d symbols held out: %w", held, n, ErrSplit)
	}
	return &Text{t.Symbols[:at], t.Alphabet}, &Text{t.Symbols[at:], t.Alphabet}, nil
}

// Windows draws where count windows of some length start, with the symbol after each: those of a step
// of training. They depend on the seed and the step only. The error wraps ErrArgument if the text is
// too short.
func (t *Text) Windows(length, count int, seed, step uint64) ([]int, error) {
	last := len(t.Symbols) - length
	if length < 1 || count < 1 || last < 1 {
		return nil, t.short(length, count)
	}
	s, starts := random.New(seed, random.ForWindows, step), make([]int, count)
	for i := range starts {
		starts[i] = s.Below(last)
	}
	return starts, nil
}

// Streams cuts a text into count streams of windows that follow each other, for a state that goes from
// window to window: the windows of step k start at starts[i] + k·length. The error wraps ErrArgument
// if the text is too short for a step.
func (t *Text) Streams(length, count int) (starts []int, steps int, err error) {
	if length < 1 || count < 1 || (len(t.Symbols)-1)/count < length {
		return nil, 0, t.short(length, count)
	}
	each := (len(t.Symbols) - 1) / count
	starts = make([]int, count)
	for i := range starts {
		starts[i] = i * each
	}
	return starts, each / length, nil
}

func (t *Text) short(length, count int) error {
	return fmt.Errorf("data: %d windows of %d symbols of a text of %d: %w", count, length, len(t.Symbols), ErrArgument)
}

// Gather writes windows of the text: with N starts, x and y are 1×T×N, row-major, and
//
//	x[t·N + i] = Symbols[starts[i] + t]     y[t·N + i] = Symbols[starts[i] + t + 1]
//
// T is what they have room for. y may be nil. The error wraps ErrLength if they are no windows, and
// ErrRow if one reaches past the text.
func (t *Text) Gather(x, y []float64, starts []int) error { return gatherText(t, x, y, starts) }

// Gather32 is [Text.Gather] into float32.
func (t *Text) Gather32(x, y []float32, starts []int) error { return gatherText(t, x, y, starts) }

func gatherText[T float](t *Text, x, y []T, starts []int) error {
	n := len(starts)
	if n == 0 || len(x)%n != 0 || y != nil && len(y) != len(x) {
		return fmt.Errorf("data: %d and %d numbers for %d windows: %w", len(x), len(y), n, ErrLength)
	}
	length := len(x) / n
	past := length
	if y != nil {
		past++
	}
	for i, s := range starts {
		if s < 0 || s > len(t.Symbols)-past {
			return fmt.Errorf("data: a window of %d symbols from %d on, of a text of %d: %w", past, s, len(t.Symbols), ErrRow)
		}
		for k, v := range t.Symbols[s : s+length] {
			x[k*n+i] = T(v)
		}
		if y != nil {
			for k, v := range t.Symbols[s+1 : s+1+length] {
				y[k*n+i] = T(v)
			}
		}
	}
	return nil
}
