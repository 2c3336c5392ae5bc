package onnx

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/internal/described"
	"adjoint/onnx/internal/proto"
	"adjoint/onnx/internal/samples"

	"gorgonia.org/tensor"
)

// samplesOf returns a node for each op that occurs when the samples are written.
func samplesOf(dtype tensor.Dtype) map[string]*graph.Node {
	low := newLowering()
	var y []*graph.Node
	for _, n := range samples.Build(dtype, samples.All()).Outputs {
		y = append(y, low.lower(n))
	}
	first := map[string]*graph.Node{}
	for _, n := range cone(y, reads) {
		if d, _ := description(n); first[d.Name] == nil {
			first[d.Name] = n
		}
	}
	return first
}

// Every rule is one that the samples, which check.sh runs, apply; and it makes the
// nodes that check.sh has seen to be right.
func TestRules(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		sample := samplesOf(dtype)
		var text strings.Builder
		all := rules
		if dtype == tensor.Float32 {
			all = union(rules, images32)
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if sample[name] == nil {
				t.Errorf("no sample of %s", name)
				continue
			}
			text.WriteString(translation(t, sample[name]))
		}
		Golden(t, "rules-"+dtype.String(), text.String())
	}
}

// translation returns what the op of n becomes, as text. Its operands are a, b, ….
func translation(t *testing.T, n *graph.Node) string {
	t.Helper()
	var text strings.Builder
	b := newBuilder("", n.Graph().Dtype())
	b.extents[graph.Batch] = extent{"x", 1}
	d, _ := description(n)
	args := slices.DeleteFunc(d.Args, func(a any) bool { _, ok := a.(*graph.Body); return ok })
	fmt.Fprintf(&text, "y %v = %s %v", n.Shape(), d.Name, args)
	for i, x := range operands(n) {
		b.value[x.node] = value(rune('a' + i))
		fmt.Fprintf(&text, " %s %v", b.value[x.node], x.node.Shape())
	}
	if _, err := b.applied(n, "y"); err != nil {
		t.Error(err)
	}
	fmt.Fprintln(&text)
	printNodes(&text, "\t", b.file.Nodes)
	return text.String()
}

// printNodes prints nodes, a line each, and under one with a graph the nodes of that.
func printNodes(w io.Writer, indent string, nodes []proto.Node) {
	for _, n := range nodes {
		fmt.Fprintf(w, "%s%s = %s%v", indent, n.Out[0], n.Op, n.In)
		var inner []proto.Node
		for _, a := range n.Attributes {
			switch v := a.Value.(type) {
			case proto.Tensor:
				a.Value = v.Raw
			case *proto.Graph:
				a.Value, inner = "below", v.Nodes
			}
			fmt.Fprintf(w, " %s=%v", a.Name, a.Value)
		}
		fmt.Fprintln(w)
		printNodes(w, indent+"\t", inner)
	}
}

// Every op that describes itself has a rule, or else a definition.
func TestEveryOpHasARule(t *testing.T) {
	without := []string{
		"Const", // not an op of its operands: see filled
		"Gate",  // made by Compile only
		"Layer",
		"EntryLogLoss",
		"SoftmaxResidual",
		"SparseSoftmaxResidual",
		"SparseCrossEntropyFromLogits", // by definition
		"SumExpShares",
		"Drop",
		"DegreesOfFreedom",
		"Labels",
		"ScanValue", "ScanBackValue", "ScanAdjoint", "ScanBackAdjoint", // of derivatives only
		"SparseMatMul", "SparseWeights", "SparseValues", // ONNX has no product by a sparse matrix that is fed
		"Cholesky", "Cofactors", "LogDet", "Solve", // ONNX has none
		"AddBelow", "ConvWeights", "Patches", "Fold", "AvgPool", "AvgPoolReverse", // by definition
		"MaxPoolSlope", "Standardize", "StandardizeSlope", "RMSNorm", "RMSNormSlope",
		"ConvLayer", "ConvLayerReLU", "MaxPoolReLU", // made by Compile only
	}
	list, err := described.Ops("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range list {
		if rules[op.Name] == nil && images32[op.Name] == nil && !slices.Contains(without, op.Name) {
			t.Errorf("%s: no rule for %s: add one to onnx/rules.go, or its name to those above that have none, with the reason", op.File, op.Name)
		}
	}
}
