package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CheckNames says whether the names of d, its features and its classes, can be told apart and written to a file:
// each is UTF-8, and no two features and no two classes are called the same. Else it is ErrName.
// What this package reads or makes is so.
func (d *Dataset) CheckNames() error {
	if err := checkNames("features", d.Features); err != nil {
		return fmt.Errorf("%s: %w", d.source(), err)
	}
	if err := checkNames("classes", d.Classes); err != nil {
		return fmt.Errorf("%s: %w", d.source(), err)
	}
	return nil
}

// checkNames is ErrName if one of the names is not UTF-8 or two are equal. The error calls them what: "features".
func checkNames(what string, names []string) error {
	for _, name := range names {
		if !utf8.ValidString(name) {
			return fmt.Errorf("%s: %s is not UTF-8: %w", what, quote(name), ErrName)
		}
	}
	sorted := slices.Sorted(slices.Values(names))
	for i, name := range sorted[min(1, len(sorted)):] {
		if name == sorted[i] {
			return fmt.Errorf("two %s are called %s: give each a name of its own: %w", what, quote(name), ErrName)
		}
	}
	return nil
}

// quotedBytes is how much of a text of the input a message shows. It shows two at most.
const quotedBytes = 32

// quote writes a text for a message, between quotes, as clip does.
func quote[T string | []byte](text T) string { return `"` + clip(text) + `"` }

// clip writes the beginning of a text for a message, what cannot be printed as \x00.
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

// list writes names for a message, the first few of many.
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
