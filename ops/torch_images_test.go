package ops_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A torchCase is a line of testdata/images.jsonl, which testdata/images.py has PyTorch compute:
// that says what the fields are.
type torchCase struct {
	Op                                    string
	Dims                                  [][]int
	Size, Stride, Before, After, Dilation [2]int
	Groups                                int
	Shape                                 []int
	J                                     float64
	Y                                     [3]float64
	Gradient, HVP                         [][3]float64
}

func (c *torchCase) apply(x []*node) *node {
	p := window{Size: c.Size, Stride: c.Stride, Before: c.Before, After: c.After, Dilation: c.Dilation, Groups: c.Groups}
	pads := func(pad func(x *node, axis, before, after int) *node) *node {
		return pad(pad(x[0], 1, c.Before[0], c.After[0]), 2, c.Before[1], c.After[1])
	}
	if c.Op == "AvgPool" {
		p.After = p.Before // the file has the one number of PyTorch
	}
	switch c.Op {
	case "Conv":
		return ops.Conv(x[0], x[1], p)
	case "ConvTranspose":
		return ops.ConvTranspose(x[0], x[1], p)
	case "MaxPool":
		return ops.MaxPool(x[0], p)
	case "AvgPool":
		return ops.AvgPool(x[0], p)
	case "Upsample":
		return ops.Upsample(x[0], c.Size[0], c.Size[1])
	case "UpsampleBilinear":
		return ops.UpsampleBilinear(x[0], c.Size[0], c.Size[1])
	case "BatchNorm":
		return ops.Standardize(x[0], 0.01, 1, 2, 3)
	case "LayerNorm":
		axes := []int{0, 1, 2}
		return ops.Standardize(x[0], 0.01, axes[:len(c.Dims[0])-1]...)
	case "RMSNorm":
		return ops.RMSNorm(x[0], 0.01, 0)
	case "GroupNorm":
		return ops.GroupNorm(x[0], c.Groups, 0.01)
	case "Pad":
		return pads(func(x *node, axis, before, after int) *node { return ops.Pad(x, axis, before, after, 0.5) })
	case "PadReflect":
		return pads(ops.PadReflect)
	}
	return pads(ops.PadEdge)
}

// wave returns the tensor of f(a·i·(i+1) + b).
func wave(f func(float64) float64, dims []int, a float64, b int) *tensor.Dense {
	return filledBy(func(i int) float64 { return f(float64(a*float64(int64(i)*int64(i+1))) + float64(b)) }, dims...)
}

// Values, gradients and Hessian·v of convolutions, pools, paddings, upsampling and
// normalisation are those of PyTorch.
func TestTorchImages(t *testing.T) {
	file, err := os.Open("testdata/images.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, cases := bufio.NewScanner(file), 0
	for lines.Scan() {
		var c torchCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		c.check(t)
		cases++
	}
	if lines.Err() != nil || cases < 150 {
		t.Errorf("%d formulas, %v", cases, lines.Err())
	}
}

func (c *torchCase) check(t *testing.T) {
	t.Helper()
	name := fmt.Sprintf("%s%v %+v", c.Op, c.Dims, []any{c.Size, c.Stride, c.Before, c.After, c.Dilation, c.Groups})
	g := graph.NewOf(tensor.Float64)
	var x, v []*node
	for k, d := range c.Dims {
		x = append(x, g.Param(fmt.Sprint("x", k), wave(math.Sin, d, 0.37, k+1)))
		v = append(v, g.Param(fmt.Sprint("v", k), wave(math.Cos, d, 0.41, k)))
	}
	y := c.apply(x)
	if y.Err() != nil || !slices.Equal(y.Shape().Dims(), c.Shape) {
		t.Fatalf("%s: shape %v, want %v: %v", name, y.Shape(), c.Shape, y.Err())
	}
	j := ops.Sum(ops.Mul(y, ops.Square(y)))
	out := slices.Concat([]*node{j, y}, graph.Gradient(j, x...), graph.HVP(j, x, v))
	got := convValues(t, nil, out...)
	if d := math.Abs(got[0][0] - c.J); d > 1e-12*(1+math.Abs(c.J)) {
		t.Errorf("%s: J is %.15g, want %.15g", name, got[0][0], c.J)
	}
	for i, want := range slices.Concat([][3]float64{c.Y}, c.Gradient, c.HVP) {
		for k := range want {
			sum, size := 0., 0.
			for i, v := range got[i+1] {
				sum += math.Cos(float64(0.9*float64(i*(k+1)))+float64(k+1)) * v
				size += math.Abs(v)
			}
			if !(math.Abs(sum-want[k]) <= 1e-13*size) {
				t.Errorf("%s: sum %d of %v is %.15g, want %.15g", name, k, out[i+1], sum, want[k])
			}
		}
	}
}
