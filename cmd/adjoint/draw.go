package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"adjoint/draw"
	"adjoint/onnx"
	"adjoint/store"
)

// drawModel draws the formula of an output.
func drawModel(c *call) error {
	c.loadFlags()
	out := c.flags.String("out", "", "the `file`: .svg, .dot or .mmd (default: Mermaid, to the standard output)")
	maps := c.flags.Int("maps", 40, "how many maps are drawn; of more the middle is left out")
	only := c.flags.String("output", "", "the `name` of the output (default: the first)")
	if err := c.parse(1); err != nil {
		return err
	}
	f, err := c.model()
	if err != nil {
		return err
	}
	y := f.Outputs[0].Node
	for _, p := range f.Outputs {
		if p.Name == *only {
			y = p.Node
		}
	}
	d, err := draw.Of(y, draw.Options{Maps: *maps})
	if err != nil {
		return err
	}
	if *out == "" {
		return d.WriteMermaid(c.out)
	}
	return store.Write(*out, func(w io.Writer) error {
		switch ext := strings.ToLower(filepath.Ext(*out)); ext {
		case ".svg":
			return d.WriteSVG(w)
		case ".dot":
			return d.WriteDOT(w)
		case ".mmd":
			return d.WriteMermaid(w)
		}
		return fmt.Errorf("%w: %s: want .svg, .dot or .mmd", errUsage, *out)
	})
}

// convert writes an ONNX file of a model that this module saved, or of an ONNX file what this
// module makes of it: opset 17, with shapes folded.
func convert(c *call) error {
	c.loadFlags()
	if err := c.parse(2); err != nil {
		return err
	}
	from, to := c.words[0], c.words[1]
	if strings.ToLower(filepath.Ext(to)) != ".onnx" {
		return fmt.Errorf("%w: %s: want .onnx", errUsage, to)
	}
	if strings.ToLower(filepath.Ext(from)) != ".onnx" {
		m, err := store.Load(from)
		if err != nil {
			return err
		}
		return store.Write(to, func(w io.Writer) error { return onnx.WriteModel(w, m, onnx.ModelOptions{}) })
	}
	f, err := c.model()
	if err != nil {
		return err
	}
	return store.Write(to, f.Write)
}
