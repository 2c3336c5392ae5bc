package importer

import (
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// Texts are numbers in a formula: each is its place in a list of names, and one that is not
// there has the place after the last. The names of an input are those that the file compares
// texts with.

// textReaders are the operators that know texts, or move entries.
var textReaders = map[string]bool{
	"ai.onnx.ml.LabelEncoder": true, "ai.onnx.ml.OneHotEncoder": true, "ai.onnx.ml.ArrayFeatureExtractor": true, "ai.onnx.ml.ZipMap": true,
	"Identity": true, "Reshape": true, "Flatten": true, "Squeeze": true, "Unsqueeze": true, "Transpose": true, "Gather": true, "Slice": true, "Split": true,
}

// refuseTexts refuses an operator that would take places for numbers.
func (c *call) refuseTexts(name string) {
	if textReaders[name] {
		return
	}
	for _, v := range c.in {
		if v != nil && v.Type == proto.String {
			refuse("%s", words)
		}
	}
}

// keepNames gives results that are texts the names of what they were made of.
func (c *call) keepNames(out []*Value) {
	for _, v := range out {
		if v != nil && v.Type == proto.String && v.names == nil {
			v.names = c.x(0).names
		}
	}
}

// textsOf are the texts that attributes of a file have, in order.
func textsOf(m *proto.Model) []string {
	var list []string
	eachNode(m, func(n *proto.Node) {
		for _, a := range n.Attributes {
			if a.Name == "keys_strings" || a.Name == "cats_strings" || a.Name == "classes_strings" {
				texts, _ := a.Value.([]string)
				list = append(list, texts...)
			}
		}
	})
	slices.Sort(list)
	return slices.Compact(list)
}

// byText is the value of the key that each text of the first input is, or missing.
func (c *call) byText(keys []string, values []float64, missing float64) *graph.Node {
	names, x := c.x(0).names, c.node(0)
	table := slices.Repeat([]float64{missing}, len(names)+1)
	for i, name := range names {
		if k := slices.Index(keys, name); k >= 0 {
			table[i] = values[k]
		}
	}
	d := x.Shape().Dims()
	y := ops.Gather(c.array([]int{len(table)}, table), 0, ops.Reshape(x, graph.Times(d...)))
	return ops.Reshape(y, d...)
}

// labelEncoder maps numbers or texts to numbers or texts.
func labelEncoder(c *call) []*Value {
	values, names, t := c.labels()
	missing := values[len(values)-1]
	values = values[:len(values)-1]
	if c.x(0).Type == proto.String {
		keys := append(c.texts("keys_strings"), c.texts("classes_strings")...)
		if len(keys) != len(values) || len(keys) == 0 {
			refuse("%d texts for %d values: %w", len(keys), len(values), graph.ErrShape)
		}
		return []*Value{{Type: t, Shape: c.x(0).Shape, nodes: [2]*graph.Node{c.byText(keys, values, missing)}, names: names}}
	}
	keys := c.listOf("keys_")
	if list := c.texts("classes_strings"); list != nil { // of its first version: numbers to texts
		for i := range list {
			keys = append(keys, float64(i))
		}
	}
	if len(keys) != len(values) || len(keys) == 0 {
		refuse("%d keys for %d values: %w", len(keys), len(values), graph.ErrShape)
	}
	x := c.node(0)
	y := ops.BroadcastTo(c.number(missing), x.Shape())
	for i := len(keys) - 1; i >= 0; i-- { // of one that is there twice, the first counts
		same := ops.Equal(x, c.number(keys[i]))
		if math.IsNaN(keys[i]) {
			same = isNaN(x)
		}
		y = ops.Where(same, c.number(values[i]), y)
	}
	return []*Value{{Type: t, Shape: c.x(0).Shape, nodes: [2]*graph.Node{y}, names: names}}
}

// labels are the values of a LabelEncoder, the one for what has no key last. Texts are their
// places in names.
func (c *call) labels() (values []float64, names []string, t proto.Element) {
	texts := c.texts("values_strings")
	if c.x(0).Type != proto.String {
		texts = append(texts, c.texts("classes_strings")...)
	}
	switch {
	case texts != nil:
		names = append(slices.Clone(texts), c.text("default_string", "_Unused"))
		for i := range names {
			values = append(values, float64(i))
		}
		return values, names, proto.String
	case len(c.numbers("values_floats")) > 0:
		return append(c.numbers("values_floats"), c.float("default_float", 0)), nil, proto.Float32
	}
	values = c.listOf("values_")
	for i := range c.texts("classes_strings") {
		values = append(values, float64(i))
	}
	return append(values, float64(c.int("default_int64", -1))), nil, proto.Int64
}

// oneHotEncoder is 1 at the category that an entry is, along a new last axis. If zeros is 0, an
// entry that is none is an error.
func oneHotEncoder(c *call) []*Value {
	var list []float64
	x := c.node(0)
	if c.x(0).Type == proto.String {
		cats := c.texts("cats_strings")
		for i := range cats {
			list = append(list, float64(i))
		}
		x = c.byText(cats, list, -1)
	} else {
		for _, n := range c.ints("cats_int64s") {
			list = append(list, float64(n))
		}
	}
	if len(list) == 0 {
		refuse("it has no categories for %s", c.x(0).Type)
	}
	y := ops.Equal(ops.ExpandDims(x, c.rank(0)), c.array([]int{len(list)}, list))
	if !c.flag("zeros", 1) {
		y = ops.Mul(y, ops.Whole(ops.Keep(ops.Sum, y, -1), 1, 1))
	}
	return c.of(proto.Float32, y)
}
