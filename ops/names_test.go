package ops_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/graphio"

	"gorgonia.org/tensor"
)

var update = flag.Bool("update", false, "add to testdata/names.golden what it does not have")

// A kept op is the text of a formula of it alone, as graphio wrote it once, and what that was
// at some points.
type keptOp struct {
	Name   string
	Text   string
	Points [][]float64
	Value  []float64
}

const keptFile = "testdata/names.golden"

// Names and arguments keep their meaning for ever: what a file of today has is read by every
// later version, and means the same. So the golden file only grows: -update adds ops that it
// does not have, and lines of it are never changed.
func TestNamesKeepTheirMeaning(t *testing.T) {
	kept := readKept(t)
	for _, k := range kept {
		got, err := k.run()
		if err != nil {
			t.Errorf("%s: %v", k.Name, err)
			continue
		}
		if !slices.EqualFunc(got, k.Value, func(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Max(1, math.Abs(b)) }) {
			t.Errorf("%s: %v, was %v: a name in files keeps its meaning; give what is new a new name", k.Name, got, k.Value)
		}
	}
	has := func(name string) bool {
		return slices.ContainsFunc(kept, func(k keptOp) bool { return k.Name == name })
	}
	var more []keptOp
	for _, n := range telling(everyNode(t)) {
		name := n.Op().(graph.Describer).Describe().Name
		if has(name) {
			continue
		}
		if k, ok := keepOp(t, n); ok {
			kept, more = append(kept, k), append(more, k)
		}
	}
	for _, name := range graph.Registered() {
		if !has(name) {
			t.Errorf("%s is not in %s, and no row of the op table has shapes at which it has a value: add one, then go test ./ops -run Names -update", name, keptFile)
		}
	}
	if len(more) == 0 {
		return
	}
	if !*update {
		t.Errorf("%s does not have %s and %d others: go test ./ops -run Names -update", keptFile, more[0].Name, len(more)-1)
		return
	}
	var text []byte
	for _, k := range kept {
		line, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, line...), '\n')
	}
	if err := os.WriteFile(keptFile, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// telling returns the nodes in an order in which those with many different arguments, which
// tell most about what each of them means, come first.
func telling(nodes []*node) []*node {
	score := func(n *node) int {
		different := map[string]bool{"0": true, "[]": true, "()": true}
		for _, arg := range n.Op().(graph.Describer).Describe().Args {
			different[fmt.Sprint(arg)] = true
		}
		return len(different)
	}
	return slices.SortedStableFunc(slices.Values(nodes), func(a, b *node) int { return score(b) - score(a) })
}

func readKept(t *testing.T) (kept []keptOp) {
	t.Helper()
	text, err := os.ReadFile(keptFile)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var k keptOp
		if err := json.Unmarshal(line, &k); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, k)
	}
	return kept
}

// keepOp returns the op of n at points where it has values.
func keepOp(t *testing.T, n *node) (keptOp, bool) {
	t.Helper()
	g := graph.New()
	var x []*node
	for _, in := range n.Inputs() {
		x = append(x, g.Input("x", in.Shape().Dims()...))
	}
	y := g.Restore(n.Op(), x...)
	if y.Err() != nil {
		return keptOp{}, false
	}
	text, _, err := graphio.Encode(map[string][]*node{"x": x, "y": {y}})
	if err != nil {
		t.Fatal(err)
	}
	k := keptOp{Name: n.Op().(graph.Describer).Describe().Name, Text: string(text)}
	never := func(int) bool { return false }
	for _, kind := range []struct {
		whole func(i int) bool
		least float64
	}{
		{never, 0}, {func(i int) bool { return i > 0 }, 0}, {func(int) bool { return true }, 0}, {never, 1},
	} {
		k.Points = nil
		for i, x := range x {
			v := make([]float64, tensor.Shape(numbers(x.Shape())).TotalSize())
			for j := range v {
				v[j] = kind.least + float64(3*i+2*j+1)/float64(3*i+2*j+3) // in (0, 1) or (1, 2)
				if kind.whole(i) {
					v[j] = float64((i + j) % 2)
				}
			}
			k.Points = append(k.Points, v)
		}
		if k.Value, err = k.run(); err == nil && !slices.ContainsFunc(k.Value, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
			return k, true
		}
	}
	return keptOp{}, false
}

// run returns the value at the points.
func (k keptOp) run() ([]float64, error) {
	roles, err := graphio.Decode([]byte(k.Text), nil)
	if err != nil {
		return nil, err
	}
	y := roles["y"][0]
	p, err := graph.Compile(y)
	if err != nil {
		return nil, err
	}
	for i, x := range roles["x"] {
		if err := p.Feed(x, dense(tensor.Float64, k.Points[i], numbers(x.Shape())...)); err != nil {
			return nil, err
		}
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	v, err := p.Value(y)
	if err != nil {
		return nil, err
	}
	return slices.Clone(entries(v)), nil
}
