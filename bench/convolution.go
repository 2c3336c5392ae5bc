package main

import (
	"fmt"

	"adjoint/bench/internal/record"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A convolution is a layer of a network that sees: a square window over a square image.
type convolution struct {
	name              string
	out, in           int // channels
	side, window      int
	stride, pad, each int // each is the number of groups
}

var convolutions = []convolution{
	{"3×3, 16→16, 28²", 16, 16, 28, 3, 1, 1, 1},
	{"3×3, 32→32, 14²", 32, 32, 14, 3, 1, 1, 1},
	{"3×3, 64→64, 28²", 64, 64, 28, 3, 1, 1, 1},
	{"5×5, 64→64, 28²", 64, 64, 28, 5, 1, 2, 1},
	{"3×3, 256→256, 7²", 256, 256, 7, 3, 1, 1, 1},
	{"3×3 by 2, 64→64, 28²", 64, 64, 28, 3, 2, 1, 1},
	{"1×1, 64→64, 28²", 64, 64, 28, 1, 1, 0, 1},
	{"3×3 depthwise, 64, 28²", 64, 64, 28, 3, 1, 1, 64},
}

// The numbers of examples of a convolution, and what is computed of it.
var (
	convolutionBatches = []int{1, 16, 64}
	convolutionParts   = []string{"y", "dw", "dx"}
)

// convolutionLines measures the convolutions: the value y, and the reverse derivatives dw and dx.
func convolutionLines(dtype tensor.Dtype) (lines []record.Line, err error) {
	for _, c := range convolutions {
		for _, n := range convolutionBatches {
			for _, part := range convolutionParts {
				s, err := c.program(dtype, n, part)
				if err != nil {
					return nil, err
				}
				flop := c.flop(n)
				l, err := measure(5, max(2, int(2e9/flop)), func() (stepper, error) { return s, s.Steps(2) })
				if err != nil {
					return nil, err
				}
				l.Net = fmt.Sprintf("%s, N = %d: %s", c.name, n, part)
				l.GFLOPS = round(flop * l.StepsPerS / 1e9)
				lines = append(lines, l)
			}
		}
	}
	return lines, nil
}

// flop counts the products, with those of what is past the edge, and their sums.
func (c convolution) flop(n int) float64 {
	places := (c.side+2*c.pad-c.window)/c.stride + 1
	return 2 * float64(n*c.out*places*places) * float64(c.in/c.each*c.window*c.window)
}

func (c convolution) program(dtype tensor.Dtype, n int, part string) (*program, error) {
	g := graph.NewOf(dtype)
	w := g.Input("w", c.out, c.in/c.each, c.window, c.window)
	x := g.Input("x", c.in, c.side, c.side, n)
	y := ops.Conv(w, x, ops.Window{Stride: ops.Both(c.stride), Before: ops.Both(c.pad), After: ops.Both(c.pad), Groups: c.each})
	ζ := g.Input("ζ", y.Shape().Dims()...)
	fed, out := []*graph.Node{w, x}, y
	switch part {
	case "dw":
		fed, out = []*graph.Node{ζ, x}, graph.VJP(y, ζ, w)[0]
	case "dx":
		fed, out = []*graph.Node{w, ζ}, graph.VJP(y, ζ, x)[0]
	}
	p, err := graph.Compile(out)
	if err != nil {
		return nil, err
	}
	for i, in := range fed {
		size := 1
		for _, d := range in.Shape().Dims() {
			size *= d
		}
		v := filled(dtype, 1, size, func(k int) float64 { return uniform(uint64(63+i), k) - 0.5 })
		if err := v.Reshape(in.Shape().Dims()...); err != nil {
			return nil, err
		}
		if err := p.Feed(in, v); err != nil {
			return nil, err
		}
	}
	return &program{p, out}, nil
}
