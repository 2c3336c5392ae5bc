package main

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A gorgoniaNet is a network in a gorgonia graph, which has a fixed number of
// examples.
type gorgoniaNet struct {
	graph      *gorgonia.ExprGraph
	x, z, y, j *gorgonia.Node // z is before σ or softmax; y and j may be missing
	params     gorgonia.Nodes
}

// newGorgoniaNet builds the network, but for its cost, on the weights themselves:
// several networks may share them.
func newGorgoniaNet(dtype tensor.Dtype, nodes []int, weights []*tensor.Dense, examples int) *gorgoniaNet {
	g := gorgonia.NewGraph()
	leaf := func(name string, rows, columns int, options ...gorgonia.NodeConsOpt) *gorgonia.Node {
		options = append(options, gorgonia.WithName(name), gorgonia.WithShape(rows, columns))
		return gorgonia.NewMatrix(g, dtype, options...)
	}
	n := &gorgoniaNet{graph: g, x: leaf("x", nodes[0], examples)}
	n.z = n.x
	for l := 1; l < len(nodes); l++ {
		w := leaf(fmt.Sprintf("w%d", l), nodes[l], nodes[l-1], gorgonia.WithValue(weights[2*l-2]))
		b := leaf(fmt.Sprintf("b%d", l), nodes[l], 1, gorgonia.WithValue(weights[2*l-1]))
		n.params = append(n.params, w, b)
		if l > 1 {
			n.z = gorgonia.Must(gorgonia.Rectify(n.z))
		}
		n.z = gorgonia.Must(gorgonia.BroadcastAdd(gorgonia.Must(gorgonia.Mul(w, n.z)), b, nil, []byte{1}))
	}
	return n
}

// output is σ or softmax.
func (n *gorgoniaNet) output() *gorgonia.Node {
	if n.z.Shape()[0] == 1 {
		return gorgonia.Must(gorgonia.Sigmoid(n.z))
	}
	return gorgonia.Must(gorgonia.SoftMax(n.z, 0))
}

// addCost adds the mean of the loss. That of σ is from the logits: as the formula
// reads it becomes NaN.
func (n *gorgoniaNet) addCost() {
	n.y = gorgonia.NewMatrix(n.graph, n.z.Dtype(), gorgonia.WithName("y"), gorgonia.WithShape(n.z.Shape()...))
	if n.z.Shape()[0] == 1 {
		yz := gorgonia.Must(gorgonia.HadamardProd(n.y, n.z))
		n.j = gorgonia.Must(gorgonia.Mean(gorgonia.Must(gorgonia.Sub(gorgonia.Must(gorgonia.Softplus(n.z)), yz))))
		return
	}
	examples := n.z.Shape()[1]
	perExample := gorgonia.NewConstant(-1 / float64(examples))
	if n.z.Dtype() == tensor.Float32 {
		perExample = gorgonia.NewConstant(-1 / float32(examples))
	}
	hit := gorgonia.Must(gorgonia.HadamardProd(n.y, gorgonia.Must(gorgonia.Log(n.output()))))
	n.j = gorgonia.Must(gorgonia.Mul(perExample, gorgonia.Must(gorgonia.Sum(hit))))
}
