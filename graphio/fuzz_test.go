package graphio_test

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/graphio"
	"adjoint/internal/memtest"
)

// Decode refuses a text, or what it read is written and read again the same, and can be
// compiled with its gradients. It takes no more than a fixed multiple of the text's size.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(small))
	text, tensors, err := graphio.Encode(everything(f))
	if err != nil {
		f.Fatal(err)
	}
	maps.Copy(tensors, smallTensors())
	f.Add(text)
	f.Add([]byte("{\"formula\":1,\"float\":\"float32\",\"nodes\":2}\n{\"kind\":\"input\",\"shape\":[3,\"T\"]}\n{\"op\":\"Pad\",\"args\":[1,-2,{\"extent\":{\"of\":\"T\",\"a\":1,\"b\":4,\"c\":1}}],\"in\":[0],\"shape\":[3,{\"of\":\"T\",\"a\":1,\"b\":4,\"c\":1}]}\n{\"roles\":{\"y\":[1]}}\n"))
	f.Add([]byte("{\"formula\":1,\"float\":\"float64\",\"nodes\":3}\n{\"kind\":\"input\",\"shape\":[3,2]}\n{\"kind\":\"input\",\"shape\":[2,\"N\"]}\n{\"op\":\"Einsum\",\"args\":[\"ij,jk->ik\"],\"in\":[0,1],\"shape\":[3,\"N\"]}\n{\"roles\":{\"y\":[2]}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var roles map[string][]*node
		var err error
		given := maps.Clone(tensors)
		n := memtest.Allocated(func() { roles, err = graphio.Decode(text, given) })
		if n > min(memtest.Most, uint64(1<<20+200*len(text))) {
			t.Fatalf("%d bytes allocated for %d", n, len(text))
		}
		memtest.CheckProcess(t)
		if err != nil {
			if !errors.Is(err, graphio.ErrCorrupt) && !errors.Is(err, graphio.ErrFormat) && !errors.Is(err, graph.ErrUnregistered) || roles != nil {
				t.Fatalf("%v, %v", roles, err)
			}
			return
		}
		var all []*node
		for _, list := range roles {
			all = append(all, list...)
		}
		if len(all) == 0 {
			return
		}
		again, values, err := graphio.Encode(roles)
		if err != nil {
			return // of two leaves of one name, of NaN for an argument
		}
		read, err := graphio.Decode(again, maps.Clone(values))
		if err != nil {
			t.Fatalf("%s\n%v", again, err)
		}
		if third, _, err := graphio.Encode(read); err != nil || !bytes.Equal(third, again) {
			t.Fatalf("%v\n%s\nbecame\n%s", err, again, third)
		}
		differentiate(all)
	})
}

// differentiate compiles nodes and what their gradients are, if that takes little memory.
func differentiate(nodes []*node) {
	var leaves []*node
	for _, n := range graph.Cone(nodes...) {
		if n.Kind() == graph.Input || n.Kind() == graph.Param {
			leaves = append(leaves, n)
		}
		if entries(n) > 1<<12 {
			return
		}
	}
	outputs := nodes
	for _, n := range nodes {
		if len(leaves) > 0 && n.Op() != nil {
			outputs = append(outputs, graph.VJP(n, n.Graph().Const(1, n.Shape().Dims()...), leaves...)...)
		}
	}
	if _, err := graph.Compile(outputs...); err != nil {
		return
	}
}

// entries is a bound for the number of entries where every symbol is 3.
func entries(n *node) float64 {
	product := 1.0
	for _, d := range n.Shape().Dims() {
		for _, f := range graph.Factors(d) {
			if s, a, b, _, ok := graph.QuotientOf(f); ok && s < 0 {
				f = a*3 + b
			}
			if f < 0 {
				f = 3
			}
			product *= math.Max(float64(f), 1)
		}
	}
	return product
}
