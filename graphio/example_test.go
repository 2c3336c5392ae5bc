package graphio_test

import (
	"bytes"
	"fmt"
	"log"

	"adjoint/graph"
	"adjoint/graphio"
	"adjoint/ops"
)

// A cost and its gradient go through a file, and are computed by what was read.
func Example() {
	g := graph.New()
	w, x := g.Param("w", matrix(1, 2, 0.5, -0.25)), g.Input("x", 2, graph.Batch)
	j := ops.Mean(ops.Square(ops.MatMul(w, x)))

	var file bytes.Buffer
	err := graphio.Write(&file, map[string][]*graph.Node{"x": {x}, "dJ/dw": graph.Gradient(j, w)})
	check(err)
	nodes, err := graphio.Read(&file)
	check(err)

	dw := nodes["dJ/dw"][0]
	p, err := graph.Compile(dw)
	check(err)
	check(p.Feed(nodes["x"][0], matrix(2, 1, 1, 4)))
	check(p.Run())
	v, err := p.Value(dw)
	check(err)
	fmt.Println(dw.Shape(), v.Float64s())
	// Output: (1, 2) [-1 -4]
}

// The text of a formula has a line for each node.
func ExampleEncode() {
	g := graph.New()
	x := g.Input("x", 3, graph.Batch)
	text, _, err := graphio.Encode(map[string][]*graph.Node{"a": {ops.ReLU(ops.Slice(x, 0, 1, 3))}})
	check(err)
	fmt.Print(string(text))
	// Output:
	// {"formula":1,"float":"float64","nodes":3}
	// {"kind":"input","shape":[3,"N"],"name":"x"}
	// {"op":"Slice","args":[0,1,3],"in":[0],"shape":[2,"N"]}
	// {"op":"LeakyReLU","args":[{"float":0}],"in":[1],"shape":[2,"N"]}
	// {"roles":{"a":[2]}}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
