package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"text/tabwriter"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// grad differentiates the sum of an output, and compares with differences along a random
// direction.
func grad(c *call) error {
	c.loadFlags()
	only := c.flags.String("output", "", "the `name` of the output (default: the first)")
	out := c.flags.String("out", "", "the `file` of all gradients, .npz or .json")
	if err := c.parse(1); err != nil {
		return err
	}
	f, err := onnx.ReadFile(c.words[0], onnx.ReadOptions{Dims: c.load.dims, Fixed: c.load.fixed, Dtype: tensor.Float64})
	if err != nil {
		return err
	}
	in, err := c.inputs(f, c.words[1:])
	if err != nil {
		return err
	}
	y := f.Outputs[0]
	for _, p := range f.Outputs {
		if p.Name == *only {
			y = p
		}
	}
	if *only != "" && y.Name != *only {
		return fmt.Errorf("%w: no output %q", errUsage, *only)
	}
	j := ops.Sum(y.Node)
	var wrt []*graph.Node
	for _, p := range f.Inputs {
		if p.Type == "float32" || p.Type == "float64" {
			wrt = append(wrt, p.Node)
		}
	}
	wrt = append(wrt, f.Params...)
	g := graph.Gradient(j, wrt...)
	p, err := graph.Compile(append(g, j)...)
	if err != nil {
		return err
	}
	d := derivative{f, p, j, in}
	if err := d.run(); err != nil {
		return err
	}
	values := make([][]float64, len(g))
	all := make([]named, len(g))
	for i, n := range g {
		v, err := p.Value(n)
		if err != nil {
			return err
		}
		values[i] = slices.Clone(graph.Values[float64](v))
		all[i] = named{wrt[i].Name(), onnx.Array{Dims: slices.Clone([]int(v.Shape())), Data: values[i]}}
	}
	wrong, err := d.table(c.out, wrt, all, values)
	if err != nil {
		return err
	}
	if *out != "" {
		if err := c.save(*out, all); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d gradients are not those of differences (at a kink they need not be): %w", wrong, errDiffers)
	}
	return nil
}

// table prints a line for each gradient, and returns how many are not those of differences.
func (d *derivative) table(out io.Writer, wrt []*graph.Node, all []named, values [][]float64) (wrong int, err error) {
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, "by\tshape\tnorm\talong a direction\tby differences\t\n")
	for i, x := range wrt {
		norm := 0.0
		for _, v := range values[i] {
			norm += v * v
		}
		slope, difference, err := d.along(x, values[i])
		if err != nil {
			return 0, err
		}
		verdict := ""
		if math.Abs(slope-difference) > 1e-5*max(1, math.Abs(slope), math.Sqrt(norm)) {
			verdict = "DIFFERS"
			wrong++
		}
		fmt.Fprintf(t, "%s\t%v\t%.6g\t%.8g\t%.8g\t%s\n", x.Name(), graph.ShapeOf(all[i].Dims...), math.Sqrt(norm), slope, difference, verdict)
	}
	return wrong, t.Flush()
}

// A derivative is a program of gradients and of j, with its inputs.
type derivative struct {
	file    *onnx.File
	program *graph.Program
	j       *graph.Node
	in      map[string]onnx.Array
}

func (d *derivative) run() error {
	for _, p := range d.file.Inputs {
		a, ok := d.in[p.Name]
		if !ok {
			return fmt.Errorf("input %q: %w", p.Name, graph.ErrUnfed)
		}
		if err := p.Feed(d.program, a); err != nil {
			return err
		}
	}
	return d.program.Run()
}

// along returns the slope of j along a random direction of x, by its gradient and by central
// differences of the entries of x.
func (d *derivative) along(x *graph.Node, gradient []float64) (slope, difference float64, err error) {
	rng := rand.New(rand.NewPCG(1, 2))
	direction := make([]float64, len(gradient))
	for i := range direction {
		direction[i] = rng.NormFloat64()
		slope += gradient[i] * direction[i]
	}
	const h = 1e-6
	for _, sign := range []float64{1, -1} {
		at, restore := d.moved(x, direction, sign*h)
		if at == nil {
			err = d.run()
		} else {
			err = d.runAt(x, at)
		}
		restore()
		if err != nil {
			return 0, 0, err
		}
		v, err := d.program.Value(d.j)
		if err != nil {
			return 0, 0, err
		}
		difference += sign * graph.Values[float64](v)[0] / (2 * h)
	}
	return slope, difference, nil
}

// moved moves the entries of a parameter in place, or returns those of an input moved.
func (d *derivative) moved(x *graph.Node, direction []float64, by float64) (at *tensor.Dense, restore func()) {
	if x.Kind() == graph.Param {
		v := graph.Values[float64](x.Value())
		old := append([]float64(nil), v...)
		for i := range v {
			v[i] += by * direction[i]
		}
		return nil, func() { copy(v, old) }
	}
	for _, p := range d.file.Inputs {
		if p.Node != x {
			continue
		}
		t, err := p.Tensor(d.in[p.Name])
		if err != nil {
			break
		}
		v := graph.Values[float64](t)
		for i := range v {
			v[i] += by * direction[i]
		}
		at = t
	}
	return at, func() {}
}

// runAt runs with another value of one input.
func (d *derivative) runAt(x *graph.Node, at *tensor.Dense) error {
	for _, p := range d.file.Inputs {
		var err error
		if p.Node == x {
			err = d.program.Feed(x, at)
		} else {
			err = p.Feed(d.program, d.in[p.Name])
		}
		if err != nil {
			return err
		}
	}
	return d.program.Run()
}
