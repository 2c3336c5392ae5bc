package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"reflect"
	"strings"

	"adjoint/internal/npy"
	"adjoint/onnx"
	"adjoint/store"
)

// A named array is one with its name.
type named struct {
	name string
	onnx.Array
}

// save writes arrays to a file, of the kind that its name says, or, if it has none, as JSON to
// the standard output.
func (c *call) save(path string, all []named) error {
	if path == "" {
		return writeJSON(c.out, all)
	}
	return store.Write(path, func(w io.Writer) error {
		switch ext := strings.ToLower(filepath.Ext(path)); ext {
		case ".json":
			return writeJSON(w, all)
		case ".npz":
			list := map[string]npy.Array{}
			for _, a := range all {
				list[a.name] = npy.Array(a.Array)
			}
			return npy.EncodeZip(w, list)
		case ".npy", ".csv":
			if len(all) != 1 {
				return fmt.Errorf("%w: %d arrays into one %s: name one by -output, or write .npz or .json", errUsage, len(all), ext)
			}
			if ext == ".npy" {
				return npy.Encode(w, npy.Array(all[0].Array))
			}
			return writeCSV(w, all[0].Array)
		}
		return fmt.Errorf("%w: %s: want .npy, .npz, .csv or .json", errUsage, path)
	})
}

// writeJSON writes an object of lists of lists. What is not finite is null, as JSON has it.
func writeJSON(w io.Writer, all []named) error {
	for i, a := range all {
		begin, end := ",\n ", ""
		if i == 0 {
			begin = "{"
		}
		if i == len(all)-1 {
			end = "}\n"
		}
		name, err := json.Marshal(a.name)
		if err != nil {
			return err
		}
		text, err := json.Marshal(lists(a.Dims, reflect.ValueOf(a.Data)))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s%s: %s%s", begin, name, text, end); err != nil {
			return err
		}
	}
	return nil
}

// lists returns entries as lists of lists.
func lists(dims []int, data reflect.Value) any {
	if len(dims) == 0 {
		if e := data.Index(0); e.CanFloat() && (math.IsNaN(e.Float()) || math.IsInf(e.Float(), 0)) {
			return nil
		}
		return data.Index(0).Interface()
	}
	list := make([]any, dims[0])
	step := data.Len() / max(dims[0], 1)
	for i := range list {
		list[i] = lists(dims[1:], data.Slice(i*step, (i+1)*step))
	}
	return list
}

// writeCSV writes a row for each entry of the first axis.
func writeCSV(w io.Writer, a onnx.Array) error {
	data := reflect.ValueOf(a.Data)
	rows := 1
	if len(a.Dims) > 0 {
		rows = a.Dims[0]
	}
	out := csv.NewWriter(w)
	for i := range rows {
		k := data.Len() / rows
		row := make([]string, k)
		for j := range row {
			row[j] = fmt.Sprint(data.Index(i*k + j).Interface())
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
