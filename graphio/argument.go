package graphio

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"adjoint/graph"
)

// An argument of an op is a JSON value: a whole number or a list of them and a text as they
// are, and else an object of one member that says its kind.
//
//	{"float":0.5}  {"bits":"fff0000000000000"}  {"extent":"T"}  {"shape":[3,"N"]}  {"body":0}
//
// graph.End is 2⁶³−1, however many bits an int has.

// encodeArgs returns the arguments of a description. bodyOf returns the number of a formula
// among them.
func encodeArgs(args []any, bodyOf func(*graph.Body) (int, error)) ([]any, error) {
	var list []any
	for _, arg := range args {
		var v any
		switch arg := arg.(type) {
		case int:
			v = arg
			if arg == graph.End {
				v = int64(math.MaxInt64)
			} else if d := encodeExtent(arg); arg < graph.Batch && d != any(arg) {
				v = map[string]any{"extent": d}
			}
		case []int:
			v = append([]int{}, arg...)
		case string:
			v = arg
		case float64:
			v = encodeFloat(arg)
		case graph.Shape:
			v = map[string]any{"shape": encodeShape(arg)}
		case *graph.Body:
			number, err := bodyOf(arg)
			if err != nil {
				return nil, err
			}
			v = map[string]any{"body": number}
		default:
			return nil, fmt.Errorf("argument %v is a %T: want a float64, int, []int, string, graph.Shape or *graph.Body", arg, arg)
		}
		list = append(list, v)
	}
	return list, nil
}

// encodeFloat returns a float by its decimal or its bits.
func encodeFloat(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 && math.Signbit(v) {
		return map[string]any{"bits": fmt.Sprintf("%016x", math.Float64bits(v))}
	}
	return map[string]any{"float": v}
}

// decodeArgs is the inverse of encodeArgs.
func decodeArgs(list []any, bodies []*graph.Body) ([]any, error) {
	args := make([]any, len(list))
	for i, v := range list {
		arg, err := decodeArg(v, bodies)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		args[i] = arg
	}
	return args, nil
}

func decodeArg(v any, bodies []*graph.Body) (any, error) {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil && n == math.MaxInt64 {
			return graph.End, nil
		}
		return strconv.Atoi(v.String())
	case string:
		return v, nil
	case []any:
		return decodeInts(v)
	case map[string]any:
		for kind, value := range v {
			if len(v) == 1 {
				return decodeKind(kind, value, bodies)
			}
		}
	}
	return nil, fmt.Errorf("%v is none", v)
}

func decodeInts(list []any) ([]int, error) {
	ints := make([]int, len(list))
	for i, v := range list {
		n, ok := v.(json.Number)
		if !ok {
			return nil, fmt.Errorf("%v in a list", v)
		}
		var err error
		if ints[i], err = strconv.Atoi(n.String()); err != nil {
			return nil, err
		}
	}
	return ints, nil
}

// decodeKind returns the argument of an object with one member.
func decodeKind(kind string, v any, bodies []*graph.Body) (any, error) {
	switch v := v.(type) {
	case json.Number:
		switch i, err := strconv.Atoi(v.String()); {
		case kind == "float":
			return v.Float64()
		case kind == "body" && err == nil && uint(i) < uint(len(bodies)):
			return bodies[i], nil
		case kind == "extent":
			return decodeExtent(v)
		}
	case string:
		switch kind {
		case "bits":
			bits, err := strconv.ParseUint(v, 16, 64)
			return math.Float64frombits(bits), err
		case "extent":
			return decodeExtent(v)
		}
	case map[string]any:
		if kind == "extent" {
			return decodeExtent(v)
		}
	case []any:
		if kind == "shape" {
			return decodeShape(v)
		}
	}
	return nil, fmt.Errorf("{%.20q: %v} is none", kind, v)
}
