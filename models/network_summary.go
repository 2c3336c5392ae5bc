package models

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"adjoint/graph"
)

// A layerSummary holds what Summary says of a layer.
type layerSummary struct {
	name   string
	value  *graph.Node // (units, N)
	params []*graph.Node
}

// Summary returns a table of the layers as Keras prints it: the shape of each layer's
// output, with an example in each row, and the number of its parameters. features is
// the number of features. After Fit it may be 0, for those of the fitted network; with
// Prepare there is no Summary before Fit.
func (m *Deep) Summary(features int) (string, error) {
	if f := m.current.Load(); f != nil && features == 0 {
		return f.network.summary(), nil
	}
	if m.Prepare != nil {
		return "", fmt.Errorf("%w: how many columns are prepared is known after Fit", ErrNotFitted)
	}
	if features < 1 {
		return "", fmt.Errorf("%w: Summary of %d features", ErrOption, features)
	}
	s, err := newStack(m.Layers, rowKind{features: features}, m.dtype(), m.Seed, true)
	if err != nil {
		return "", err
	}
	return s.summary(), nil
}

func (s *stack) summary() string {
	table := [][]string{{"Layer (type)", "Output Shape", "Param #"}, {"Input", outputShape(s.x.Shape()), "0"}}
	total := 0
	for _, l := range s.layers {
		count := 0
		for _, p := range l.params {
			count += p.Value().Size()
		}
		total += count
		table = append(table, []string{l.name, outputShape(l.value.Shape()), thousands(count)})
	}
	lines := aligned(table, 2)
	rule := strings.Repeat("─", utf8.RuneCountInString(lines[0]))
	lines = slices.Concat([]string{rule, lines[0], rule}, lines[1:], []string{rule, "Total params: " + thousands(total), ""})
	return strings.Join(lines, "\n")
}

// outputShape prints (units, N) as Keras does: (None, units).
func outputShape(s graph.Shape) string {
	dims := s.Dims()
	text := make([]string, len(dims))
	for i, d := range dims {
		if text[len(dims)-1-i] = graph.ExtentString(d); d == graph.Batch {
			text[len(dims)-1-i] = "None"
		}
	}
	return "(" + strings.Join(text, ", ") + ")"
}

// thousands prints 1234567 as 1,234,567.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
