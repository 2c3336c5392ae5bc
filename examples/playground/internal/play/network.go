package play

import (
	"fmt"
	"math"
	"math/rand/v2"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A network is the formula of a Config: J of the parameters, for examples that are fed.
type network struct {
	g          *graph.Graph
	x, y       *graph.Node // (n, N) and (1, N), or one-hot (k, N)
	z, a, l, j *graph.Node // the last z and activation, the loss of each example, the cost
	params     []*graph.Node
	classes    int
}

// newNetwork builds the formula for rows examples of n features and k classes. Its
// parameters start from values, or from draws by the seed of c if there are none.
func newNetwork(c Config, rows, n, k int, values []*tensor.Dense) *network {
	return newNetworkOf(tensor.Float64, c, rows, n, k, values)
}

func newNetworkOf(dtype tensor.Dtype, c Config, rows, n, k int, values []*tensor.Dense) *network {
	g := graph.NewOf(dtype)
	if c.Break == "literal" {
		g.NoStable()
	}
	net := &network{g: g, x: g.Input("x", n, graph.Batch), classes: k}
	draws := rand.New(rand.NewPCG(c.Seed, 7))
	param := func(name string, m, n int, entry func() float64) *graph.Node {
		v := tensor.New(tensor.WithShape(m, n), tensor.WithBacking(make([]float64, m*n)))
		if i := len(net.params); i < len(values) {
			v = values[i]
		} else {
			for i := range m * n {
				v.Float64s()[i] = entry()
			}
		}
		if dtype == tensor.Float32 {
			v = narrow(v)
		}
		w := g.Param(name, v)
		net.params = append(net.params, w)
		return w
	}
	outputs := k
	if k == 2 {
		outputs = 1
	}
	units := append(append([]int{n}, c.Layers...), outputs)
	a := net.x
	var weights []*graph.Node
	for i := 1; i < len(units); i++ {
		layer := fmt.Sprintf("[%d]", i)
		last := i == len(units)-1
		w := param("w"+layer, units[i], units[i-1], func() float64 { return c.weight(draws, units[i-1], units[i]) })
		b := param("b"+layer, units[i], 1, func() float64 { return c.bias(last) })
		weights = append(weights, w)
		net.z = ops.Bias(b, c.product(w, a)).Named("z" + layer)
		if last {
			a = c.output(net.z, k)
		} else {
			a = activation(c.Activation, net.z)
		}
		a.Named("a" + layer)
	}
	net.a = a
	net.lossAndCost(c, rows, weights)
	return net
}

// weight draws an entry of a matrix from m to n units, by Glorot's and He's rules.
func (c Config) weight(draws *rand.Rand, m, n int) float64 {
	v := draws.NormFloat64()
	switch {
	case c.Break == "equal":
		return 0.3
	case c.Break == "literal":
		return 40 * v
	case c.Activation == "relu":
		return v * math.Sqrt(2/float64(m))
	}
	return v * math.Sqrt(2/float64(m+n))
}

// bias is the entry that biases begin with.
func (c Config) bias(last bool) float64 {
	if c.Break == "dead" && !last {
		return -10
	}
	return 0
}

// product is φ.
func (c Config) product(w, a *graph.Node) *graph.Node {
	wa := ops.MatMul(w, a)
	if dims := w.Shape().Dims(); c.Break == "transpose" && dims[0] == dims[1] {
		return graph.Apply(lostTranspose{wa.Op()}, w, a)
	}
	return wa
}

func activation(name string, z *graph.Node) *graph.Node {
	switch name {
	case "tanh":
		return ops.Tanh(z)
	case "relu":
		return ops.ReLU(z)
	case "sigmoid":
		return ops.Sigmoid(z)
	}
	return ops.Scale(1, z)
}

// output is the activation of the last layer.
func (c Config) output(z *graph.Node, classes int) *graph.Node {
	switch {
	case classes > 2:
		return ops.Softmax(z, 0)
	case c.Loss == "squared":
		return ops.Tanh(z)
	}
	return ops.Sigmoid(z)
}

// lossAndCost adds L, J and the penalty.
func (net *network) lossAndCost(c Config, rows int, weights []*graph.Node) {
	net.y = net.g.Input("y", net.outputs(), graph.Batch)
	switch {
	case c.Loss == "squared":
		net.l = ops.SquaredError(net.a, net.y)
	case net.classes > 2:
		net.l = ops.CrossEntropy(net.a, net.y)
	default:
		net.l = ops.LogLoss(net.a, net.y)
	}
	net.l.Named("L")
	net.j = ops.Mean(net.l)
	if c.Break == "sum" {
		net.j = ops.Sum(net.l)
	}
	if c.Lambda > 0 {
		n := float64(rows)
		if c.Break == "penalty" {
			n = float64(c.batch(rows))
		}
		net.j = ops.Add(net.j, ops.L2Penalty(c.Lambda, n, weights...))
	}
	net.j.Named("J")
}

// batch is the number of rows in a step.
func (c Config) batch(rows int) int {
	if c.Batch == 0 {
		return rows
	}
	return min(c.Batch, rows)
}

// outputs is the number of rows of a and y.
func (net *network) outputs() int {
	if net.classes == 2 {
		return 1
	}
	return net.classes
}

// features returns rows of e as columns.
func (net *network) features(e *Examples, rows []int) *tensor.Dense {
	n := len(e.X[0])
	v := make([]float64, n*len(rows))
	for j, row := range rows {
		for i, x := range e.X[row] {
			v[i*len(rows)+j] = x
		}
	}
	return tensor.New(tensor.WithShape(n, len(rows)), tensor.WithBacking(v))
}

// targets returns the classes of rows as numbers, ±1 for tanh, or one-hot.
func (net *network) targets(e *Examples, rows []int) *tensor.Dense {
	m, n := net.outputs(), len(rows)
	v := make([]float64, m*n)
	for j, row := range rows {
		class := e.Y[row]
		switch {
		case m > 1:
			v[class*n+j] = 1
		case net.a.Op().String() == "Tanh":
			v[j] = float64(2*class - 1)
		default:
			v[j] = float64(class)
		}
	}
	return tensor.New(tensor.WithShape(m, n), tensor.WithBacking(v))
}
