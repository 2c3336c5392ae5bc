package importer

import (
	"adjoint/graph"
	"adjoint/ops"
)

// normRules are those of normalisations.
var normRules = map[string]rule{
	"BatchNormalization":        batchNorm,
	"InstanceNormalization":     func(c *call) []*Value { return c.channelNorm(c.rank(0), c.float("epsilon", 1e-5)) },
	"GroupNormalization":        groupNorm,
	"LayerNormalization":        layerNorm,
	"RMSNormalization":          rmsNorm,
	"MeanVarianceNormalization": meanVariance,
	"LpNormalization":           lpNorm,
	"LRN":                       localResponse,
}

// perChannel is input i, a vector of channels, as it broadcasts to tensors (N, C, d…) in a
// layout.
func (c *call) perChannel(i, rank int, l layout) *graph.Node {
	d := make([]int, rank)
	for a := range d {
		d[a] = 1
	}
	if rank > 1 {
		d[1] = c.dims(i)[0]
	} else {
		d[0] = c.dims(i)[0]
	}
	return ops.Reshape(c.node(i), l.rotated(d)...)
}

// batchNorm is scale·(x − mean)/√(var + ε) + bias with the mean and the variance of training.
func batchNorm(c *call) []*Value {
	if c.flag("training_mode", 0) || c.version < 14 && len(c.is.Out) > 1 {
		refuse("it is in training: a file that is read predicts")
	}
	for i := 1; i < 5; i++ {
		if c.rank(i) != 1 {
			refuse("input %d of shape %v: want one number for each channel: %w", i, c.x(i).Shape, graph.ErrShape)
		}
	}
	rank, l := c.rank(0), c.x(0).layout()
	x := c.reader.node(c.x(0), l)
	scale, bias, mean, variance := c.perChannel(1, rank, l), c.perChannel(2, rank, l), c.perChannel(3, rank, l), c.perChannel(4, rank, l)
	slope := ops.Div(scale, ops.Sqrt(ops.Shift(variance, c.float("epsilon", 1e-5))))
	y := sum(ops.Mul(ops.Sub(x, ops.StopGradient(mean)), slope), bias)
	return []*Value{valueOf(c.x(0).Type, l, y)}
}

// channelNorm standardises each channel of each example, over all axes after the first two.
func (c *call) channelNorm(rank int, ε float64) []*Value {
	if rank < 3 {
		refuse("shape %v: want (N, C, d…): %w", c.x(0).Shape, graph.ErrShape)
	}
	l := c.x(0).layout()
	y := ops.Standardize(c.reader.node(c.x(0), l), ε, l.axes(count(2, rank), rank)...)
	y = ops.Add(ops.Mul(y, c.perChannel(1, rank, l)), c.perChannel(2, rank, l))
	return []*Value{valueOf(c.x(0).Type, l, y)}
}

// groupNorm standardises groups of channels of each example. Up to opset 20 scale and bias are
// those of groups, then those of channels.
func groupNorm(c *call) []*Value {
	d, groups := c.dims(0), c.int("num_groups", 0)
	if len(d) < 3 || groups < 1 || d[1] < 1 || d[1]%groups != 0 {
		refuse("%d groups of shape %v: %w", groups, c.x(0).Shape, graph.ErrShape)
	}
	parted := append([]int{d[0], groups, d[1] / groups}, d[2:]...)
	y := ops.Standardize(ops.Reshape(c.node(0), parted...), c.float("epsilon", 1e-5), count(2, len(parted))...)
	if c.version >= 21 {
		y = ops.Reshape(y, d...)
	}
	rank := y.Shape().Rank()
	y = ops.Add(ops.Mul(y, c.perChannel(1, rank, asInFile)), c.perChannel(2, rank, asInFile))
	return c.one(ops.Reshape(y, d...))
}

// layerNorm has the mean and 1/√(var + ε) as further results.
func layerNorm(c *call) []*Value {
	x, rank, ε := c.node(0), c.rank(0), c.float("epsilon", 1e-5)
	axes := count(c.axis("axis", -1, rank), rank)
	y := ops.Mul(ops.Standardize(x, ε, axes...), c.node(1))
	if c.has(2) {
		y = ops.Add(y, c.node(2))
	}
	out := c.one(y)
	if len(c.is.Out) > 1 {
		inverse := ops.Reciprocal(ops.Sqrt(ops.Shift(ops.Keep(ops.Variance, x, axes...), ε)))
		out = append(append(out, c.one(ops.Keep(ops.Mean, x, axes...))...), c.one(inverse)...)
	}
	return out
}

func rmsNorm(c *call) []*Value {
	rank := c.rank(0)
	axes := count(c.axis("axis", -1, rank), rank)
	return c.one(ops.Mul(ops.RMSNorm(c.node(0), c.float("epsilon", 1e-5), axes...), c.node(1)))
}

// meanVariance is (x − mean)/(√var + 1e-9) over axes.
func meanVariance(c *call) []*Value {
	axes := c.ints("axes")
	if axes == nil {
		axes = []int{0, 2, 3}
	}
	axes = axesOf(axes, c.rank(0))
	x := c.node(0)
	return c.one(ops.Div(ops.Sub(x, ops.Keep(ops.Mean, x, axes...)), ops.Shift(ops.Keep(ops.Std, x, axes...), 1e-9)))
}

func lpNorm(c *call) []*Value {
	x, axis := c.node(0), c.axis("axis", -1, c.rank(0))
	if c.int("p", 2) == 1 {
		return c.one(ops.Div(x, ops.Keep(ops.Norm1, x, axis)))
	}
	return c.one(ops.Div(x, ops.Keep(ops.Norm2, x, axis)))
}

// localResponse is x/(bias + α/size·Σx²)^β, the sum over channels near by: a product with the
// matrix that says which are.
func localResponse(c *call) []*Value {
	d, size := c.dims(0), c.int("size", 1)
	if len(d) < 2 || graph.Symbolic(d[1]) || size < 1 || d[1] > mostKnown {
		refuse("shape %v, %d channels together: %w", c.x(0).Shape, size, graph.ErrShape)
	}
	n := d[1]
	near := make([]float64, n*n)
	for i := range n {
		for j := max(0, i-(size-1)/2); j <= min(n-1, i+size/2); j++ {
			near[i*n+j] = 1
		}
	}
	x := c.node(0)
	flat := ops.Reshape(ops.Square(x), d[0], n, graph.Times(d[2:]...))
	sum := ops.Reshape(ops.MatMul(ops.ExpandDims(c.array([]int{n, n}, near), 0), flat), d...)
	base := ops.Affine(sum, c.float("alpha", 1e-4)/float64(size), c.float("bias", 1))
	return c.one(ops.Mul(x, ops.Pow(base, -c.float("beta", 0.75))))
}
