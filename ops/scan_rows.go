package ops

import (
	"adjoint/compute"
	"adjoint/graph"
)

var (
	_ graph.Expander       = scanRows{}
	_ graph.Differentialer = scanRows{}
	_ graph.Examplewise    = scanRows{}
	_ graph.Describer      = scanRows{}
)

// scanOf is what files mean by Scan: a step of several values stands for the rows of all of them.
func scanOf(body *graph.Body, back bool) graph.Op {
	if len(body.Outputs()) == 1 {
		return scan{body: body, back: back}
	}
	return scanRows{body, back}
}

// scanRows are the values of a step of several at all times, the rows of one after those of the
// other, (rows, T, N).
type scanRows struct {
	body *graph.Body
	back bool
}

func (op scanRows) String() string              { return scan{back: op.back}.String() }
func (op scanRows) Describe() graph.Description { return named(directed("Scan", op.back), op.body) }

func (scanRows) Examples(symbol int, s ...Shape) graph.Treatment { return overStates(symbol, s[0]) }

func (op scanRows) Shape(s ...Shape) (Shape, error) {
	t, err := scan{body: op.body}.timing(s)
	if err == nil {
		_, err = op.define()
	}
	if err != nil {
		return Shape{}, err
	}
	all := 0
	for _, v := range op.body.Outputs() {
		all += rows(v)
	}
	return graph.ShapeOf(all, t.t, t.n), nil
}

// define returns the map of a stretch.
func (op scanRows) define() (*graph.Body, error) {
	in := op.body.Inputs()
	shapes := append([]Shape{in[0].Shape()}, timed(in[1:])...)
	return op.body.Define(directed("ScanRows", op.back), func(in ...*Node) []*Node {
		values := scan{body: op.body, back: op.back}.loop(inSteps, in, nil)
		return []*Node{values[0], inRows(values[1:])}
	}, shapes...)
}

func (op scanRows) Kernel() compute.Kernel {
	body, _ := op.define() // Shape has seen to the error
	return graph.Loop{Body: body, Times: stretch, Back: op.back, Value: 1}.Kernel()
}

// Expand is the values, each a scan, in rows.
func (op scanRows) Expand(in ...*Node) *Node { return inRows(inScans(op.body, op.back, in)[1:]) }

func (op scanRows) Reverse(y, ζ *Node) []*Node { return graph.Through(op, y, ζ) }
func (op scanRows) Differential(y *Node, ξ ...*Node) *Node {
	return graph.ThroughForward(op, y, ξ...)
}

// inRows joins values (…, T, N) as rows.
func inRows(values []*Node) *Node {
	all := make([]*Node, len(values))
	for i, v := range values {
		d := v.Shape().Dims()
		k := len(d) - 2
		all[i] = Reshape(v, graph.Times(d[:k]...), d[k], d[k+1])
	}
	return Concat(0, all...)
}

// rows is the number of entries of a value of a body for one example.
func rows(v *Node) int {
	d := v.Shape().Dims()
	return graph.Times(d[:len(d)-1]...)
}
