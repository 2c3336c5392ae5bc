package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CheckNames returns an error that wraps ErrName unless the names of features and classes are UTF-8, and no two
// features and no two classes have the same name. Every Dataset that this package reads or makes has such names.
func (d *Dataset) CheckNames() error {
	if err := checkNames("features", d.Features); err != nil {
		return fmt.Errorf("%s: %w", d.source(), err)
	}
	if err := checkNames("classes", d.Classes); err != nil {
		return fmt.Errorf("%s: %w", d.source(), err)
	}
	for j, levels := range d.Levels {
		if err := checkNames("texts", levels); err != nil {
			return fmt.Errorf("%s: column %d: %w", d.source(), j, err)
		}
	}
	return nil
}

// checkNames returns an error that wraps ErrName if one of the names is not UTF-8 or two are equal. what names them in
// the error: "features".
func checkNames(what string, names []string) error {
	for _, name := range names {
		if !utf8.ValidString(name) {
			return fmt.Errorf("%s: %s is not UTF-8: %w", what, quote(name), ErrName)
		}
	}
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	for i, name := range sorted[min(1, len(sorted)):] {
		if name == sorted[i] {
			return fmt.Errorf("two %s are called %s: give each a name of its own: %w", what, quote(name), ErrName)
		}
	}
	return nil
}

// quotedBytes is the number of bytes of a text from the input that a message shows.
const quotedBytes = 32

// quote returns clip of a text between quotes.
func quote[T string | []byte](text T) string { return `"` + clip(text) + `"` }

// clip returns the beginning of a text for a message, with characters that cannot be printed as \x00.
func clip[T string | []byte](text T) string {
	n, more := len(text), ""
	if n > quotedBytes {
		n, more = quotedBytes, "…"
		for n > quotedBytes-utf8.UTFMax && !utf8.RuneStart(text[n]) {
			n-- // no part of a character
		}
	}
	q := strconv.Quote(string(text[:n]))
	return q[1:len(q)-1] + more
}

// list returns names for a message: the first few, if there are many.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var shown []string
	for size := 0; len(shown) < len(names); {
		name := names[len(shown)]
		if size += len(name); size > quotedBytes && shown != nil {
			return fmt.Sprintf("%s, … (%d)", strings.Join(shown, ", "), len(names))
		}
		shown = append(shown, clip(name))
	}
	return strings.Join(shown, ", ")
}
