package graphio

import (
	"encoding/json"
	"fmt"
	"strconv"

	"adjoint/graph"
)

// An extent is a JSON value: a number, the name of a symbol, a product or a quotient.
//
//	3  "T"  {"times":[12,"N"]}  {"of":"T","a":1,"b":-2,"c":3}

// encodeExtent returns the value of an extent; that of no extent is the number that it is.
func encodeExtent(d int) any {
	if !graph.Symbolic(d) {
		return d
	}
	if s, a, b, c, ok := graph.QuotientOf(d); ok {
		return map[string]any{"of": encodeExtent(s), "a": a, "b": b, "c": c}
	}
	if factors := graph.Factors(d); len(factors) > 1 {
		list := make([]any, len(factors))
		for i, f := range factors {
			list[i] = encodeExtent(f)
		}
		return map[string]any{"times": list}
	}
	if name := graph.ExtentString(d); graph.Extent(name) == d {
		return name
	}
	return d
}

func encodeShape(s graph.Shape) []any {
	list := []any{}
	for _, d := range s.Dims() {
		list = append(list, encodeExtent(d))
	}
	return list
}

// decodeExtent is the inverse of encodeExtent.
func decodeExtent(v any) (int, error) {
	bad := fmt.Errorf("%.80v is no extent", v)
	switch v := v.(type) {
	case json.Number:
		if d, err := strconv.Atoi(v.String()); err == nil && d >= 0 {
			return d, nil
		}
	case string:
		if d := graph.Extent(v); isExtent(d) {
			return d, nil
		}
	case map[string]any:
		if list, ok := v["times"].([]any); ok && len(v) == 1 {
			factors, err := decodeExtents(list)
			if d := graph.Times(factors...); err == nil && isExtent(d) {
				return d, nil
			}
			return 0, bad
		}
		s, err := decodeExtent(v["of"])
		terms, wrong := decodeInts([]any{v["a"], v["b"], v["c"]})
		if err != nil || wrong != nil || len(v) != 4 {
			return 0, bad
		}
		if d := graph.Quotient(s, terms[0], terms[1], terms[2]); isExtent(d) {
			return d, nil
		}
	}
	return 0, bad
}

// isExtent reports whether d is not what graph returns in the place of an extent that no
// tensor can have.
func isExtent(d int) bool { return graph.ExtentString(d) != "?" }

func decodeExtents(list []any) ([]int, error) {
	dims := make([]int, len(list))
	for i, v := range list {
		d, err := decodeExtent(v)
		if err != nil {
			return nil, err
		}
		dims[i] = d
	}
	return dims, nil
}

func decodeShape(list []any) (graph.Shape, error) {
	dims, err := decodeExtents(list)
	return graph.ShapeOf(dims...), err
}
