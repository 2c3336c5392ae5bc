package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"adjoint/graph"
	"adjoint/internal/npy"
	"adjoint/internal/numeral"
	"adjoint/onnx"

	"gorgonia.org/tensor"
)

// loading are the flags of how a model is read.
type loading struct {
	dims  map[string]int
	fixed map[string]*tensor.Dense
}

// loadFlags adds the flags of how a model is read.
func (c *call) loadFlags() {
	c.load = loading{map[string]int{}, map[string]*tensor.Dense{}}
	c.flags.Func("dim", "`NAME=N`: an extent that the file leaves open", func(s string) error {
		name, text, _ := strings.Cut(s, "=")
		n, err := strconv.Atoi(text)
		if err == nil && n < 1 {
			err = errors.New("want a number of 1 or more")
		}
		c.load.dims[name] = n
		return err
	})
	c.flags.Func("fix", "`INPUT=NUMBER`: an input that is a constant", func(s string) error {
		name, text, _ := strings.Cut(s, "=")
		v, err := numeral.Parse(text)
		c.load.fixed[name] = tensor.New(tensor.FromScalar(v))
		return err
	})
}

// model reads the ONNX file that the first argument names.
func (c *call) model() (*onnx.File, error) {
	return onnx.ReadFile(c.words[0], onnx.ReadOptions{Dims: c.load.dims, Fixed: c.load.fixed})
}

// inputs reads the arrays that arguments name: INPUT=FILE, or a file of several inputs by
// name, or of the only one there is.
func (c *call) inputs(f *onnx.File, words []string) (map[string]onnx.Array, error) {
	in := map[string]onnx.Array{}
	for _, word := range words {
		name, file, named := strings.Cut(word, "=")
		if !named {
			file = word
		}
		all, err := arrays(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for key, a := range all {
			switch {
			case key != "" && named && len(all) > 1 && key != name:
				continue
			case named:
				key = name
			case key == "" && len(f.Takes()) == 1:
				key = f.Takes()[0].Name
			case key == "":
				return nil, fmt.Errorf("%w: %s is which input? say INPUT=%s", errUsage, file, file)
			}
			in[key] = a
		}
	}
	return in, nil
}

// arrays reads a file of one array, whose name is "", or of several.
func arrays(path string) (map[string]onnx.Array, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".npy":
		a, err := npy.Decode(content)
		return map[string]onnx.Array{"": onnx.Array(a)}, err
	case ".npz":
		list, err := npy.DecodeZip(content)
		all := map[string]onnx.Array{}
		for name, a := range list {
			all[name] = onnx.Array(a)
		}
		return all, err
	case ".csv":
		a, err := decodeCSV(string(content))
		return map[string]onnx.Array{"": a}, err
	case ".json":
		return decodeJSON(content)
	case ".pb":
		a, err := onnx.DecodeTensor(content)
		return map[string]onnx.Array{"": a}, err
	}
	return nil, fmt.Errorf("%w: want .npy, .npz, .csv, .json or .pb", errUsage)
}

// decodeCSV reads rows of numbers; a first row of names is left out.
func decodeCSV(text string) (onnx.Array, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return onnx.Array{}, err
	}
	var values []float64
	n := 0
	for i, row := range rows {
		for j, cell := range row {
			v, err := numeral.Parse(strings.TrimSpace(cell))
			if err != nil && i == 0 && len(values) == 0 {
				break // names
			}
			if err != nil {
				return onnx.Array{}, fmt.Errorf("row %d, column %d: %w", i+1, j+1, err)
			}
			values = append(values, v)
			n = len(row)
		}
	}
	if n == 0 {
		return onnx.Array{}, fmt.Errorf("no rows of numbers: %w", graph.ErrEmpty)
	}
	return onnx.Array{Dims: []int{len(values) / n, n}, Data: values}, nil
}

// decodeJSON reads lists of lists of numbers or of texts, or an object of such.
func decodeJSON(content []byte) (map[string]onnx.Array, error) {
	var v any
	if err := json.Unmarshal(content, &v); err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		object = map[string]any{"": v}
	}
	all := map[string]onnx.Array{}
	for name, v := range object {
		a, err := nested(v)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		all[name] = a
	}
	return all, nil
}

// nested makes an array of lists of lists.
func nested(v any) (onnx.Array, error) {
	var dims []int
	for w := v; ; {
		list, ok := w.([]any)
		if !ok {
			break
		}
		if dims = append(dims, len(list)); len(list) == 0 {
			break
		}
		w = list[0]
	}
	var leaves []any
	if err := flatten(v, dims, &leaves); err != nil {
		return onnx.Array{}, err
	}
	if texts, ok := listOf[string](leaves); ok && len(leaves) > 0 {
		return onnx.Array{Dims: dims, Data: texts}, nil
	}
	values, ok := listOf[float64](leaves)
	if !ok {
		return onnx.Array{}, fmt.Errorf("%w: want numbers, or texts, and nothing else", graph.ErrType)
	}
	return onnx.Array{Dims: dims, Data: values}, nil
}

// listOf returns entries that are all of one type.
func listOf[T any](leaves []any) (list []T, ok bool) {
	for _, v := range leaves {
		t, ok := v.(T)
		if !ok {
			return nil, false
		}
		list = append(list, t)
	}
	return list, true
}

// flatten collects the entries of lists; true is 1 and false is 0.
func flatten(v any, dims []int, leaves *[]any) error {
	switch v := v.(type) {
	case []any:
		if len(dims) == 0 || len(v) != dims[0] {
			return fmt.Errorf("%w: lists of different lengths", graph.ErrShape)
		}
		for _, w := range v {
			if err := flatten(w, dims[1:], leaves); err != nil {
				return err
			}
		}
		return nil
	case float64, string:
		*leaves = append(*leaves, v)
	case bool:
		if v {
			*leaves = append(*leaves, 1.0)
		} else {
			*leaves = append(*leaves, 0.0)
		}
	default:
		return fmt.Errorf("%w: a %T, want numbers or texts", graph.ErrType, v)
	}
	if len(dims) > 0 {
		return fmt.Errorf("%w: lists of different depth", graph.ErrShape)
	}
	return nil
}
