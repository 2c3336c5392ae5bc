// Package numeral reads the numbers of text files.
package numeral

import (
	"strconv"
	"strings"
)

// Parse is [strconv.ParseFloat] without what Go alone takes for numbers: digits with underscores between them, and
// hexadecimal ones.
func Parse(text string) (float64, error) {
	if strings.ContainsAny(text, "_xX") {
		return 0, &strconv.NumError{Func: "Parse", Num: text, Err: strconv.ErrSyntax}
	}
	return strconv.ParseFloat(text, 64)
}
