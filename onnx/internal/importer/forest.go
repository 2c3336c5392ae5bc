package importer

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A forest is an op: what the trees of a file say of each row, added up. It is constant but for
// jumps, and so its derivative is zero.
type forest struct {
	features, results int
	nodes             []treeNode
	roots             []int
	base              []float64
	aggregate         string // SUM, AVERAGE, MIN or MAX of what the trees say
}

// A treeNode tests a feature, and goes on to one of two others; or is a leaf, with weights.
type treeNode struct {
	mode       string
	feature    int
	value      float64
	yes, no    int
	missingYes bool
	weights    []weight
}

type weight struct {
	result int
	value  float64
}

// A nodeKey is what a file calls a node: its tree, and its number in it.
type nodeKey struct{ tree, node int }

// forest reads the trees of a call, whose results are targets or classes.
func (c *call) forest(kind string) *graph.Node {
	d := c.dims(0)
	if len(d) != 2 || graph.Symbolic(d[1]) {
		refuse("rows of shape %v: %w", c.x(0).Shape, graph.ErrShape)
	}
	f := &forest{features: d[1], base: c.numbers("base_values"), aggregate: c.text("aggregate_function", "SUM")}
	if !slices.Contains([]string{"SUM", "AVERAGE", "MIN", "MAX"}, f.aggregate) {
		refuse("its aggregate_function is %q", f.aggregate)
	}
	index := c.treeNodes(f)
	treeIDs, nodes, ids, values := c.ints(kind+"_treeids"), c.ints(kind+"_nodeids"), c.ints(kind+"_ids"), c.numbers(kind+"_weights")
	if n := len(treeIDs); len(nodes) != n || len(ids) != n || len(values) != n {
		refuse("its lists of weights are not of one length: %w", graph.ErrShape)
	}
	for i := range treeIDs {
		at, ok := index[nodeKey{treeIDs[i], nodes[i]}]
		if !ok || ids[i] < 0 || ids[i] > 1<<16 {
			refuse("weight %d is of node %d of tree %d, and result %d", i, nodes[i], treeIDs[i], ids[i])
		}
		f.nodes[at].weights = append(f.nodes[at].weights, weight{ids[i], values[i]})
		f.results = max(f.results, ids[i]+1)
	}
	if kind == "target" {
		f.results = max(f.results, c.int("n_targets", 1))
	} else if n := max(len(c.ints("classlabels_int64s")), len(c.texts("classlabels_strings"))); n > 2 || f.results > 1 {
		f.results = max(f.results, n)
	}
	if f.results == 0 || len(f.base) > 0 && len(f.base) != f.results {
		refuse("%d results and %d base values: %w", f.results, len(f.base), graph.ErrShape)
	}
	if f.results == 2 && kind == "class" && f.onlySecond() { // the weights of two classes are those of the second
		f.results = 1
		for i := range f.nodes {
			for j := range f.nodes[i].weights {
				f.nodes[i].weights[j].result = 0
			}
		}
	}
	return graph.Apply(trees{f}, c.node(0))
}

// onlySecond reports whether all weights are of result 1.
func (f *forest) onlySecond() bool {
	for _, n := range f.nodes {
		for _, w := range n.weights {
			if w.result != 1 {
				return false
			}
		}
	}
	return true
}

// treeNodes reads the nodes, and returns where each is.
func (c *call) treeNodes(f *forest) map[nodeKey]int {
	trees, nodes, features := c.ints("nodes_treeids"), c.ints("nodes_nodeids"), c.ints("nodes_featureids")
	modes, values := c.texts("nodes_modes"), c.numbers("nodes_values")
	yes, no, missing := c.ints("nodes_truenodeids"), c.ints("nodes_falsenodeids"), c.ints("nodes_missing_value_tracks_true")
	n := len(trees)
	for _, k := range []int{len(nodes), len(features), len(modes), len(values), len(yes), len(no)} {
		if k != n || n == 0 {
			refuse("its lists of nodes are not of one length: %w", graph.ErrShape)
		}
	}
	index := map[nodeKey]int{}
	for i := range trees {
		index[nodeKey{trees[i], nodes[i]}] = i
	}
	child := make([]bool, n)
	find := func(i, node int) int {
		at, ok := index[nodeKey{trees[i], node}]
		if !ok || at == i || child[at] {
			refuse("node %d of tree %d is missing, or has two parents", node, trees[i])
		}
		child[at] = true
		return at
	}
	for i, mode := range modes {
		t := treeNode{mode: mode, feature: features[i], value: values[i], missingYes: i < len(missing) && missing[i] != 0}
		switch mode {
		case "LEAF":
		case "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ":
			if t.feature < 0 || t.feature >= f.features {
				refuse("node %d tests feature %d of %d: %w", i, t.feature, f.features, graph.ErrShape)
			}
			t.yes, t.no = find(i, yes[i]), find(i, no[i])
		default:
			refuse("a node of mode %q", mode)
		}
		f.nodes = append(f.nodes, t)
	}
	for i := range child {
		if !child[i] {
			f.roots = append(f.roots, i)
		}
	}
	if len(f.roots) == 0 {
		refuse("its trees have no root")
	}
	return index
}

// trees is the op of a forest, which is equal to itself.
type trees struct{ *forest }

func (op trees) String() string { return fmt.Sprintf("trees(%d)", len(op.roots)) }

func (op trees) Shape(s ...graph.Shape) (graph.Shape, error) {
	if s[0].Rank() != 2 || s[0].Dim(1) != op.features {
		return graph.Shape{}, fmt.Errorf("%w: want (N, %d)", graph.ErrShape, op.features)
	}
	return graph.ShapeOf(s[0].Dim(0), op.results), nil
}

func (trees) Reverse(_, _ *graph.Node) []*graph.Node { return []*graph.Node{nil} }

func (op trees) Kernel() compute.Kernel {
	return compute.Bound(op, walk[float32], walk[float64])
}

func walk[T compute.Float](op trees, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in := compute.Data[T](y), compute.Data[T](x[0])
	sums, said := make([]float64, op.results), make([]bool, op.results)
	return func() {
		for r := range len(in) / op.features {
			op.row(sums, said, func(i int) float64 { return float64(in[r*op.features+i]) })
			for k, v := range sums {
				out[r*op.results+k] = T(v)
			}
		}
	}
}

// row takes together what the trees say of a row; said is memory for whether any does.
func (f *forest) row(sums []float64, said []bool, feature func(i int) float64) {
	clear(sums)
	clear(said)
	for _, at := range f.roots {
		n := &f.nodes[at]
		for n.mode != "LEAF" {
			if n.takes(feature(n.feature)) {
				n = &f.nodes[n.yes]
			} else {
				n = &f.nodes[n.no]
			}
		}
		for _, w := range n.weights {
			switch before := sums[w.result]; {
			case f.aggregate == "MIN" && said[w.result]:
				sums[w.result] = min(before, w.value)
			case f.aggregate == "MAX" && said[w.result]:
				sums[w.result] = max(before, w.value)
			default:
				sums[w.result] += w.value
			}
			said[w.result] = true
		}
	}
	for i := range sums {
		if f.aggregate == "AVERAGE" {
			sums[i] /= float64(len(f.roots))
		}
		if len(f.base) > 0 {
			sums[i] += f.base[i]
		}
	}
}

func (n *treeNode) takes(v float64) bool {
	if v != v {
		return n.missingYes
	}
	switch n.mode {
	case "BRANCH_LEQ":
		return v <= n.value
	case "BRANCH_LT":
		return v < n.value
	case "BRANCH_GTE":
		return v >= n.value
	case "BRANCH_GT":
		return v > n.value
	case "BRANCH_EQ":
		return v == n.value
	}
	return v != n.value
}
