package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"adjoint/onnx"
)

// check compares the outputs of a model with stored ones.
func check(c *call) error {
	c.loadFlags()
	want := c.flags.String("want", "", "the `file` of the outputs, .npz or .json; or .npy or .csv of one")
	relative := c.flags.Float64("rtol", 1e-3, "the difference that is allowed, relative to an entry")
	absolute := c.flags.Float64("atol", 1e-5, "and as a number")
	if err := c.parse(1); err != nil {
		return err
	}
	tolerance := tolerance{*relative, *absolute}
	if info, err := os.Stat(c.words[0]); err == nil && info.IsDir() {
		return c.checkFolder(tolerance)
	}
	if *want == "" {
		return fmt.Errorf("%w: -want is missing", errUsage)
	}
	f, err := c.model()
	if err != nil {
		return err
	}
	in, err := c.inputs(f, c.words[1:])
	if err != nil {
		return err
	}
	stored, err := arrays(*want)
	if err != nil {
		return fmt.Errorf("%s: %w", *want, err)
	}
	if a, ok := stored[""]; ok && len(f.Outputs) == 1 {
		stored = map[string]onnx.Array{f.Outputs[0].Name: a}
	}
	return c.compare(f, in, stored, tolerance)
}

// checkFolder checks a model as the standard's tests and the model zoo store it: model.onnx
// beside folders test_data_set_0, … of input_0.pb, … and output_0.pb, ….
func (c *call) checkFolder(t tolerance) error {
	folder := c.words[0]
	models, err := filepath.Glob(filepath.Join(folder, "*.onnx"))
	if err != nil || len(models) != 1 {
		return fmt.Errorf("%s has %d files *.onnx, want one", folder, len(models))
	}
	sets, err := filepath.Glob(filepath.Join(folder, "test_data_set_*"))
	if err != nil || len(sets) == 0 {
		return fmt.Errorf("%s has no folders test_data_set_0, …", folder)
	}
	c.words[0] = models[0]
	f, err := c.model()
	if err != nil {
		return err
	}
	for _, set := range sets {
		in, err := stored(set, "input", f.Takes())
		if err != nil {
			return err
		}
		want, err := stored(set, "output", f.Outputs)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, set)
		if err := c.compare(f, in, want, t); err != nil {
			return err
		}
	}
	return nil
}

// stored reads the arrays of inputs or outputs in a folder, by their numbers.
func stored(folder, kind string, list []onnx.Port) (map[string]onnx.Array, error) {
	all := map[string]onnx.Array{}
	for i, p := range list {
		path := filepath.Join(folder, fmt.Sprintf("%s_%d.pb", kind, i))
		a, err := arrays(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all[p.Name] = a[""]
	}
	return all, nil
}

type tolerance struct{ relative, absolute float64 }

// compare prints a line for each stored output.
func (c *call) compare(f *onnx.File, in, want map[string]onnx.Array, t tolerance) error {
	s, err := f.Session()
	if err != nil {
		return err
	}
	got, err := s.Run(in)
	if err != nil {
		return err
	}
	differ, seen := false, 0
	for i, p := range f.Outputs {
		w, ok := want[p.Name]
		if !ok {
			fmt.Fprintf(c.out, "%s: not stored\n", p.Name)
			continue
		}
		seen++
		text, same := t.verdict(got[i], w)
		fmt.Fprintf(c.out, "%s: %s\n", p.Name, text)
		differ = differ || !same
	}
	switch {
	case differ:
		return errDiffers
	case seen < len(want):
		return fmt.Errorf("%w: %d outputs are stored, of which the model has %d", errDiffers, len(want), seen)
	}
	return nil
}

// verdict says how far two arrays are apart.
func (t tolerance) verdict(got, want onnx.Array) (string, bool) {
	if !slices.Equal(got.Dims, want.Dims) && len(got.Dims)+len(want.Dims) > 0 {
		return fmt.Sprintf("DIFFERS: of shape %v, want %v", got.Dims, want.Dims), false
	}
	g, w := reflect.ValueOf(got.Data), reflect.ValueOf(want.Data)
	worst, at, bad := 0.0, 0, 0
	for i := range g.Len() {
		a, b := number(g.Index(i)), number(w.Index(i))
		if a == b || a != a && b != b {
			continue
		}
		d := math.Abs(a - b)
		if !(d <= t.absolute+t.relative*math.Abs(b)) {
			bad++
		}
		if !(d <= worst) {
			worst, at = d, i
		}
	}
	if bad > 0 {
		return fmt.Sprintf("DIFFERS in %d of %d entries, most in entry %d: %v, want %v", bad, g.Len(), at, g.Index(at), w.Index(at)), false
	}
	return fmt.Sprintf("equal, apart by %.2g at most", worst), true
}

// number is an entry as a number; names have none.
func number(v reflect.Value) float64 {
	switch {
	case v.CanFloat():
		return v.Float()
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	case v.Kind() == reflect.Bool && v.Bool():
		return 1
	case v.Kind() == reflect.Bool:
		return 0
	}
	return math.NaN()
}
