package onnx_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"adjoint/onnx"
	"adjoint/onnx/internal/proto"
)

// The standard's own tests of operators. testdata/nodes.tar.gz has those that are small; all of
// them are in the file that ADJOINT_ONNX_NODES names, which check/nodes.py writes.
func nodeCases(t *testing.T) []nodeCase {
	name := os.Getenv("ADJOINT_ONNX_NODES")
	if name == "" {
		name = "testdata/nodes.tar.gz"
	}
	return casesIn(t, name)
}

// casesIn reads an archive of cases.
func casesIn(t *testing.T, name string) []nodeCase {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []nodeCase
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return cases
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, file, _ := strings.Cut(h.Name, "/")
		if len(cases) == 0 || cases[len(cases)-1].name != name {
			cases = append(cases, nodeCase{name: name})
		}
		c := &cases[len(cases)-1]
		switch {
		case file == "model.onnx":
			c.model = content
		case file == "tolerance":
			if _, err := fmt.Sscan(string(content), &c.relative, &c.absolute); err != nil {
				t.Fatal(err)
			}
		default:
			tensor, err := proto.DecodeTensor(content)
			if err != nil {
				t.Fatalf("%s: %v", h.Name, err)
			}
			for len(c.sets) <= int(file[0]-'0') {
				c.sets = append(c.sets, dataSet{})
			}
			set := &c.sets[file[0]-'0']
			if strings.HasPrefix(path.Base(file), "in") {
				set.in = append(set.in, tensor)
			} else {
				set.out = append(set.out, tensor)
			}
		}
	}
}

type nodeCase struct {
	name               string
	model              []byte
	relative, absolute float64
	sets               []dataSet
}

type dataSet struct{ in, out []*proto.Tensor }

// Of the standard's tests that are not strings, sequences, random numbers, training or
// quantised, at least nine in ten pass, and none is wrong: the others are refused.
func TestNodes(t *testing.T) {
	passed, refused := 0, map[string]int{}
	cases := nodeCases(t)
	for _, c := range cases {
		err := c.run()
		switch {
		case err == nil:
			passed++
		case errors.Is(err, onnx.ErrNotRead):
			reason := err.Error()
			reason = reason[strings.LastIndex(reason, onnx.ErrNotRead.Error())+len(onnx.ErrNotRead.Error()):]
			refused[reason]++
			if testing.Verbose() {
				t.Logf("%s: %v", c.name, err)
			}
		default:
			t.Errorf("%s: %v", c.name, err)
		}
	}
	t.Logf("%d of %d cases pass", passed, len(cases))
	for _, reason := range slices.Sorted(keys(refused)) {
		t.Logf("%4d %s", refused[reason], reason)
	}
	if passed*10 < len(cases)*9 {
		t.Errorf("%d of %d cases pass, want nine in ten", passed, len(cases))
	}
}

// Boxes of files before opset 16, which have no mode, are those that begin at the edge of an entry.
func TestBoxesOfOlderFiles(t *testing.T) {
	cases := nodeCases(t)
	c := cases[slices.IndexFunc(cases, func(c nodeCase) bool { return c.name == "test_roialign_aligned_false" })]
	m, err := proto.Decode(c.model)
	if err != nil {
		t.Fatal(err)
	}
	m.Opsets[0].Version = 10
	n := &m.Graph.Nodes[0]
	n.Attributes = slices.DeleteFunc(n.Attributes, func(a proto.Attribute) bool { return a.Name == "coordinate_transformation_mode" })
	c.model = m.Encode()
	if err := c.run(); err != nil {
		t.Error(err)
	}
}

// What scikit-learn has fitted says the same of other rows as the file of it, which
// check/learning.py has written.
func TestLearning(t *testing.T) {
	cases := casesIn(t, "testdata/learning.tar.gz")
	for _, c := range cases {
		if err := c.run(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if len(cases) < 38 {
		t.Errorf("%d cases", len(cases))
	}
}

func keys[K comparable, V any](m map[K]V) func(yield func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// run compares what is computed with what the standard says.
func (c *nodeCase) run() error {
	f, err := c.read()
	if err != nil {
		return err
	}
	s, err := f.Session()
	if err != nil {
		return err
	}
	for _, set := range c.sets {
		in := map[string]onnx.Array{}
		for i, p := range c.inputs() {
			if i < len(set.in) && slices.ContainsFunc(f.Takes(), func(q onnx.Port) bool { return q.Name == p }) {
				in[p] = arrayOf(set.in[i])
			}
		}
		out, err := s.Run(in)
		if err != nil {
			return err
		}
		if len(out) != len(set.out) {
			return fmt.Errorf("%d outputs, want %d", len(out), len(set.out))
		}
		for i, want := range set.out {
			if err := c.compare(out[i], want); err != nil {
				return fmt.Errorf("output %d: %w", i, err)
			}
		}
	}
	return nil
}

// read reads the model. Where shapes depend on the values of inputs, those are fixed: all but
// the first, or the first too.
func (c *nodeCase) read() (f *onnx.File, err error) {
	for _, fixed := range []func(i int) bool{
		func(int) bool { return false }, func(i int) bool { return i > 0 }, func(int) bool { return true },
	} {
		f, err = onnx.Read(bytes.NewReader(c.model), onnx.ReadOptions{Fixed: c.fixed(fixed)})
		if err == nil || !strings.Contains(err.Error(), "depend") {
			break
		}
	}
	return f, err
}

// inputs are the names of the model's inputs.
func (c *nodeCase) inputs() []string {
	m, err := proto.Decode(c.model)
	if err != nil {
		return nil
	}
	var names []string
	for _, v := range m.Graph.Inputs {
		names = append(names, string(v.Name))
	}
	return names
}

func (c *nodeCase) compare(got onnx.Array, want *proto.Tensor) error {
	if !slices.Equal(got.Dims, want.Dims) && len(got.Dims)+len(want.Dims) > 0 {
		return fmt.Errorf("shape %v, want %v", got.Dims, want.Dims)
	}
	if want.Element == proto.String {
		if texts, ok := got.Data.([]string); !ok || !slices.Equal(texts, want.Strings) {
			return fmt.Errorf("%v, want %v", got.Data, want.Strings)
		}
		return nil
	}
	w, err := want.Floats()
	if err != nil {
		return err
	}
	g := floatsOf(got)
	for i := range w {
		if !close(g[i], w[i], c.relative, c.absolute) {
			return fmt.Errorf("entry %d is %g, want %g", i, g[i], w[i])
		}
	}
	return nil
}

// close is NumPy's allclose of a number, in which NaN is NaN.
func close(got, want, relative, absolute float64) bool {
	if got == want || got != got && want != want {
		return true
	}
	return math.Abs(got-want) <= absolute+relative*math.Abs(want)
}
