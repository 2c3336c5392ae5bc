package main

import (
	"fmt"
	"slices"
	"text/tabwriter"

	"adjoint/graph"
	"adjoint/onnx"
)

// inspect says what is in a file. If it is not read, that is the error; the operators are
// listed all the same.
func inspect(c *call) error {
	c.loadFlags()
	if err := c.parse(1); err != nil {
		return err
	}
	f, failed := c.model()
	s, err := onnx.SummaryOf(c.words[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: opset %d, by %s\n", c.words[0], s.Opset, s.Producer)
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	if failed == nil {
		ports(t, "input", f.Takes())
		ports(t, "output", f.Outputs)
		numbers := 0
		for _, p := range f.Params {
			n := 1
			for _, d := range p.Shape().Dims() {
				n *= d
			}
			numbers += n
			fmt.Fprintf(t, "parameter\t%s\t%v\n", p.Name(), p.Shape())
		}
		fmt.Fprintf(t, "together\t%d parameters\t%d numbers\n", len(f.Params), numbers)
	}
	known := map[string]onnx.Operator{}
	for _, op := range onnx.Support() {
		known[op.Name] = op
	}
	for _, op := range s.Operators {
		remark := ""
		if !known[op.Name].Read && !op.Defined {
			remark = "not read: " + known[op.Name].Limits
		}
		fmt.Fprintf(t, "operator\t%s\t%d times\t%s\n", op.Name, op.Times, remark)
	}
	fmt.Fprintf(t, "kernels\t%s\tADJOINT_KERNELS chooses others\n", graph.Kernels())
	if err := t.Flush(); err != nil {
		return err
	}
	return failed
}

func ports(t *tabwriter.Writer, what string, list []onnx.Port) {
	for _, p := range list {
		how := ""
		if p.Scaler != nil {
			how = ", standardised as it is fed"
		}
		fmt.Fprintf(t, "%s\t%s\t%s %v%s\n", what, p.Name, p.Type, graph.ShapeOf(p.Dims...), how)
	}
}

// operators lists the operators of ONNX.
func operators(c *call) error {
	only := c.flags.Bool("refused", false, "those that are not read")
	if err := c.parse(0); err != nil {
		return err
	}
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	for _, op := range onnx.Support() {
		switch {
		case !op.Read:
			fmt.Fprintf(t, "%s\tis not read: %s\n", op.Name, op.Limits)
		case *only:
		case op.Limits != "":
			fmt.Fprintf(t, "%s\tis read, but for %s\n", op.Name, op.Limits)
		default:
			fmt.Fprintf(t, "%s\tis read\n", op.Name)
		}
	}
	return t.Flush()
}

// named returns arrays by the names of outputs: all, or the one that is asked for.
func outputs(f *onnx.File, all []onnx.Array, only string) ([]named, error) {
	var list []named
	for i, p := range f.Outputs {
		if only == "" || only == p.Name {
			list = append(list, named{p.Name, all[i]})
		}
	}
	if len(list) == 0 {
		names := make([]string, len(f.Outputs))
		for i, p := range f.Outputs {
			names[i] = p.Name
		}
		return nil, fmt.Errorf("%w: no output %q among %q", errUsage, only, slices.Clip(names))
	}
	return list, nil
}
