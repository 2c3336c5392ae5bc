package importer

import (
	"math"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// learningRules are those of the domain ai.onnx.ml, for matrices with a row for each example.
// Classes that have names are numbers here, and their value knows the names: see Value.
var learningRules = map[string]rule{
	"ai.onnx.ml.Scaler": func(c *call) []*Value {
		offset, scale := c.row("offset"), c.row("scale")
		return c.mapped(proto.Float32, func(x ...*graph.Node) *graph.Node { return ops.Mul(ops.Sub(x[0], x[1]), x[2]) }, c.x(0), offset, scale)
	},
	"ai.onnx.ml.Normalizer":            normalizer,
	"ai.onnx.ml.Imputer":               imputer,
	"ai.onnx.ml.Binarizer":             binarizer,
	"ai.onnx.ml.LinearRegressor":       linearRegressor,
	"ai.onnx.ml.LinearClassifier":      linearClassifier,
	"ai.onnx.ml.OneHotEncoder":         oneHotEncoder,
	"ai.onnx.ml.LabelEncoder":          labelEncoder,
	"ai.onnx.ml.ArrayFeatureExtractor": arrayFeatures,
	"ai.onnx.ml.FeatureVectorizer":     func(c *call) []*Value { return concat(c) },
	"ai.onnx.ml.ZipMap":                func(c *call) []*Value { return []*Value{c.x(0)} },
	"ai.onnx.ml.TreeEnsembleRegressor": func(c *call) []*Value { return c.of(proto.Float32, c.transformed(c.forest("target"))) },
	"ai.onnx.ml.TreeEnsembleClassifier": func(c *call) []*Value {
		return c.classified(c.forest("class"))
	},
}

func (c *call) numbers(name string) []float64 {
	list, _ := attributeOf[[]float32](c, name)
	v := make([]float64, len(list))
	for i, x := range list {
		v[i] = float64(x)
	}
	return v
}

// row is an attribute of numbers as a value, one for each column, or one for all.
func (c *call) row(name string) *Value {
	k := knownVector()
	for _, v := range c.numbers(name) {
		k.entries = append(k.entries, entry{v: v})
	}
	if k.dims[0] = len(k.entries); k.dims[0] == 0 {
		refuse("it has no attribute %s", name)
	}
	return valueOfKnown(proto.Float32, k)
}

func normalizer(c *call) []*Value {
	x := c.node(0)
	last := c.rank(0) - 1
	switch norm := c.text("norm", "MAX"); norm {
	case "MAX":
		return c.of(proto.Float32, ops.Div(x, ops.Keep(ops.Max, ops.Abs(x), last)))
	case "L1":
		return c.of(proto.Float32, ops.Div(x, ops.Keep(ops.Norm1, x, last)))
	case "L2":
		return c.of(proto.Float32, ops.Div(x, ops.Keep(ops.Norm2, x, last)))
	default:
		refuse("its norm is %q", norm)
	}
	return nil
}

// imputer takes other values for those that are missing, which are NaN or a number.
func imputer(c *call) []*Value {
	values, missing := "imputed_value_floats", c.float("replaced_value_float", 0)
	var row *Value
	if list := c.ints("imputed_value_int64s"); list != nil {
		k := knownVector()
		for _, n := range list {
			k.entries = append(k.entries, entry{n: n})
		}
		k.dims[0], missing = len(list), float64(c.int("replaced_value_int64", 0))
		row = valueOfKnown(c.x(0).Type, k)
	} else {
		row = c.row(values)
	}
	return c.mapped(c.x(0).Type, func(x ...*graph.Node) *graph.Node {
		gone := ops.Equal(x[0], c.number(missing))
		if math.IsNaN(missing) {
			gone = isNaN(x[0])
		}
		return ops.Where(gone, x[1], x[0])
	}, c.x(0), row)
}

func binarizer(c *call) []*Value {
	return unaryWith(func(c *call, x *graph.Node) *graph.Node { return ops.Greater(x, c.number(c.float("threshold", 0))) })(c)
}

// scores is x·coefficientsᵀ + intercepts, of k rows of coefficients.
func (c *call) scores(k int, intercepts string) *graph.Node {
	coefficients, d := c.numbers("coefficients"), c.dims(0)
	if len(d) != 2 || graph.Symbolic(d[1]) || k < 1 || len(coefficients) != k*d[1] {
		refuse("%d coefficients for %d results of shape %v: %w", len(coefficients), k, c.x(0).Shape, graph.ErrShape)
	}
	w := &known{dims: []int{k, d[1]}, floats: true}
	for _, v := range coefficients {
		w.entries = append(w.entries, entry{v: v})
	}
	y := ops.MatMul(c.node(0), ops.T(c.constant(w)))
	if b := c.numbers(intercepts); len(b) == k {
		y = ops.Add(y, c.array([]int{1, k}, b))
	}
	return y
}

func linearRegressor(c *call) []*Value {
	return c.of(proto.Float32, c.transformed(c.scores(c.int("targets", 1), "intercepts")))
}

func linearClassifier(c *call) []*Value {
	n := max(len(c.ints("classlabels_ints")), len(c.texts("classlabels_strings")))
	k := n
	if k == 2 && len(c.numbers("intercepts")) == 1 {
		k = 1
	}
	return c.classified(c.scores(k, "intercepts"))
}

// texts is an attribute of strings.
func (c *call) texts(name string) []string {
	list, _ := attributeOf[[]string](c, name)
	return list
}

// transformed applies the post_transform to scores.
func (c *call) transformed(scores *graph.Node) *graph.Node {
	switch t := c.text("post_transform", "NONE"); t {
	case "NONE":
		return scores
	case "SOFTMAX":
		return ops.Softmax(scores, 1)
	case "LOGISTIC":
		return ops.Sigmoid(scores)
	case "SOFTMAX_ZERO":
		return ops.Where(ops.Equal(scores, c.number(0)), c.number(0), ops.Softmax(scores, 1))
	default:
		refuse("its post_transform is %q", t)
	}
	return nil
}

// classified are the class of the largest score and the scores of all. Of one score for two
// classes, it is that of the second.
func (c *call) classified(scores *graph.Node) []*Value {
	labels, names := c.ints("classlabels_ints"), c.texts("classlabels_strings")
	if labels == nil {
		labels = c.ints("classlabels_int64s")
	}
	n := max(len(labels), len(names))
	var place *graph.Node
	if scores.Shape().Dim(1) == 1 && n == 2 {
		y := c.transformed(scores)
		threshold, other := 0.0, ops.Neg(y)
		if c.text("post_transform", "NONE") != "NONE" || c.is.Op == "TreeEnsembleClassifier" {
			threshold, other = 0.5, ops.OneMinus(y)
		}
		place = ops.Squeeze(ops.Greater(y, c.number(threshold)), 1)
		scores = ops.Concat(1, other, y)
	} else {
		place = ops.ArgMax(scores, 1)
		scores = c.transformed(scores)
	}
	label := valueOf(proto.Int64, asInFile, place)
	switch {
	case names != nil:
		label.Type, label.names = proto.String, names
	case len(labels) > 0:
		list := make([]float64, len(labels))
		for i, l := range labels {
			list[i] = float64(l)
		}
		label = valueOf(proto.Int64, asInFile, ops.Gather(c.array([]int{len(list)}, list), 0, place))
	}
	return []*Value{label, valueOf(proto.Float32, asInFile, scores)}
}

func (c *call) listOf(prefix string) []float64 {
	list := c.numbers(prefix + "floats")
	for _, n := range c.ints(prefix + "int64s") {
		list = append(list, float64(n))
	}
	return list
}

func arrayFeatures(c *call) []*Value {
	last := c.rank(0) - 1
	index := c.index(1, c.dims(0)[last])
	return c.one(ops.Gather(c.node(0), last, ops.Reshape(index, graph.Times(c.dims(1)...))))
}
