package data

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// checkDelimiter returns an error if the fields of a file are clearly separated by something else than commas. Read as
// CSV, such a file would be one column, or have text in place of numbers. The lines are its first ones, as [firstLines]
// returns them.
func checkDelimiter(lines []string) error {
	for _, delimiter := range []string{";", "\t", "|", " "} {
		if !regular(lines, delimiter) {
			continue
		}
		switch byComma := regular(lines, ","); {
		case hasDecimalCommas(lines, delimiter):
			return fmt.Errorf("fields stand between %q, with decimal commas: set CSV.DecimalComma, and CSV.Comma to %[1]q: %w", delimiter, ErrFormat)
		case delimiter == " " && strings.Contains(strings.Join(lines, ""), ","):
		case !byComma:
			return fmt.Errorf("fields stand between %q: set CSV.Comma to it: %w", delimiter, ErrFormat)
		}
	}
	if inBlanks(lines) {
		return fmt.Errorf("fields stand between runs of blanks: set CSV.Comma to data.Blanks: %w", ErrFormat)
	}
	return nil
}

// firstLines returns the first lines of a file, at most 20, without blank lines, comments and quoted text. If head is
// not the whole file, its last line may be incomplete and is left out.
func firstLines(head []byte, whole bool, comment rune) []string {
	var lines []string
	var line []byte
	quoted := false
	end := func() {
		text := strings.TrimRight(string(line), "\r")
		if strings.TrimSpace(text) != "" && (comment == 0 || !strings.HasPrefix(text, string(comment))) {
			lines = append(lines, text)
		}
		line = line[:0]
	}
	for _, c := range bytes.TrimPrefix(head, []byte(byteOrderMark)) {
		switch {
		case c == '"' && !(comment != 0 && bytes.HasPrefix(line, []byte(string(comment)))):
			quoted = !quoted
		case quoted:
		case c == '\n':
			if end(); len(lines) == 20 {
				return lines
			}
		default:
			line = append(line, c)
		}
	}
	if whole {
		end()
	}
	return lines
}

// regular reports whether every line has the delimiter equally often, and at least once.
func regular(lines []string, delimiter string) bool {
	return len(lines) > 0 && strings.Contains(lines[0], delimiter) && !slices.ContainsFunc(lines, func(line string) bool {
		return strings.Count(line, delimiter) != strings.Count(lines[0], delimiter)
	})
}

// inBlanks reports whether every line has as many words, at least two, and no comma and no CR.
func inBlanks(lines []string) bool {
	return len(lines) > 0 && !slices.ContainsFunc(lines, func(line string) bool {
		words := len(strings.Fields(line))
		return words < 2 || words != len(strings.Fields(lines[0])) || strings.ContainsAny(line, ",\r")
	})
}

// hasDecimalCommas reports whether there are commas in the fields between delimiters, and all are those of numbers.
func hasDecimalCommas(lines []string, delimiter string) bool {
	found := false
	for _, line := range lines {
		for text := range strings.SplitSeq(line, delimiter) {
			if !strings.Contains(text, ",") {
				continue
			}
			whole, fraction, _ := strings.Cut(strings.TrimSpace(text), ",")
			if whole = strings.TrimLeft(whole, "+-"); !isDigits(whole) || !isDigits(fraction) {
				return false
			}
			found = true
		}
	}
	return found
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
