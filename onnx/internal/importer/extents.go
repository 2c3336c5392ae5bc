package importer

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// extent returns what an extent of an input is: what Options say, a number, N, or a symbol of
// its own.
func (r *reader) extent(in proto.Value, axis int, d proto.Dim) int {
	name := dimName(in, axis, d)
	if given, ok := r.Dims[name]; ok {
		return given
	}
	switch {
	case d.Known:
		return d.Size
	case name == r.batch:
		return graph.Batch
	}
	return graph.Extent(symbol(name))
}

// dimName is the name of an extent that is no number: that of the file, or, where it has
// none, that of the input with the number of the axis.
func dimName(in proto.Value, axis int, d proto.Dim) string {
	if d.Name != "" {
		return d.Name
	}
	return fmt.Sprintf("%s.%d", in.Name, axis)
}

// batchName is the name of the number of examples: the first that speaks of a batch, or is N;
// else that of the first axis of an input.
func batchName(g *proto.Graph, s *scope) string {
	first := ""
	for _, in := range g.Inputs {
		if s.values[in.Name] != nil {
			continue
		}
		for axis, d := range in.Dims {
			name := dimName(in, axis, d)
			switch lower := strings.ToLower(name); {
			case d.Known:
			case strings.Contains(lower, "batch") || lower == "n":
				return name
			case axis == 0 && first == "":
				first = name
			}
		}
	}
	return first
}

// symbol makes a symbol's name of any name: letters, digits and underscores. N is that of
// graph.Batch and of no other.
func symbol(name string) string {
	s := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return '_'
	}, name)
	if s == "" || !unicode.IsLetter([]rune(s)[0]) || s == "N" {
		s = "d" + s
	}
	const most = 64
	for len(s) > most {
		s = s[:len(s)-1]
	}
	return strings.ToValidUTF8(s, "")
}

// number reads a number of a list of texts, which may be missing.
func number(s string, missing int64) (int64, error) {
	if s == "" {
		return missing, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil && n < 0 {
		err = fmt.Errorf("%w: %s, want a number that is not negative", proto.ErrFormat, s)
	}
	return n, err
}
