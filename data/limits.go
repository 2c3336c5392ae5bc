package data

import "fmt"

// Limits bounds what ReadCSV holds in memory beside the numbers of a file, so that one that is damaged or hostile is an
// error and not the end of the process. Zero stands for a default that no table in use comes near.
type Limits struct {
	Fields int // fields in a row; 0 is 1 048 576
	Row    int // bytes in a row, with its quotes and line ends; 0 is 64 MiB
	Field  int // bytes in a field; 0 is 16 MiB

	Classes int // classes among the labels; 0 is 65 536
}

// most is the largest limit: positions within a row are kept in 32 bits.
const most = 1<<31 - 1

// withDefaults returns l with a number for each zero.
func (l Limits) withDefaults() (Limits, error) {
	for _, limit := range []struct {
		value  *int
		name   string
		normal int
	}{{&l.Fields, "Fields", 1 << 20}, {&l.Row, "Row", 64 << 20}, {&l.Field, "Field", 16 << 20}, {&l.Classes, "Classes", 1 << 16}} {
		if *limit.value < 0 || *limit.value > most {
			return l, fmt.Errorf("limit %s of %d is not in [0, 2³¹): %w", limit.name, *limit.value, ErrArgument)
		}
		if *limit.value == 0 {
			*limit.value = limit.normal
		}
	}
	return l, nil
}
