package data

import "fmt"

// Limits bounds the memory that ReadCSV needs beside the numbers of a file, so that a damaged or hostile file is an error
// and does not exhaust the memory. Zero means a default that is far beyond any table in use.
type Limits struct {
	Fields int // fields in a row; 0 is 1 048 576
	Row    int // bytes in a row, with its quotes and line ends; 0 is 64 MiB
	Field  int // bytes in a field; 0 is 16 MiB

	Classes int // classes among the labels; 0 is 65 536
	Texts   int // different texts in a column of text; 0 is 4 194 304
}

// most is the largest limit: positions within a row are kept in 32 bits.
const most = 1<<31 - 1

// withDefaults returns l with a number for each zero.
func (l Limits) withDefaults() (Limits, error) {
	for _, limit := range []struct {
		value  *int
		name   string
		normal int
	}{{&l.Fields, "Fields", 1 << 20}, {&l.Row, "Row", 64 << 20}, {&l.Field, "Field", 16 << 20}, {&l.Classes, "Classes", 1 << 16}, {&l.Texts, "Texts", 1 << 22}} {
		if *limit.value < 0 || *limit.value > most {
			return l, fmt.Errorf("limit %s of %d is not in [0, 2³¹): %w", limit.name, *limit.value, ErrArgument)
		}
		if *limit.value == 0 {
			*limit.value = limit.normal
		}
	}
	return l, nil
}
