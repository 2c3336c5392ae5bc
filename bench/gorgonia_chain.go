package main

import (
	"errors"
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A gorgoniaChain is the chain of W5.
type gorgoniaChain struct {
	*tape
	x *tensor.Dense
}

func newGorgoniaChain(d *chainData) (trainer, error) {
	g := gorgonia.NewGraph()
	leaf := func(name string, v *tensor.Dense, options ...gorgonia.NodeConsOpt) *gorgonia.Node {
		options = append(options, gorgonia.WithName(name), gorgonia.WithShape(v.Shape()...))
		return gorgonia.NewMatrix(g, d.dtype, options...)
	}
	n := &gorgoniaNet{graph: g, x: leaf("x", d.x)}
	a := n.x
	for l := range d.w {
		w := leaf(fmt.Sprintf("w%d", l), d.w[l], gorgonia.WithValue(d.w[l]))
		b := leaf(fmt.Sprintf("b%d", l), d.b[l], gorgonia.WithValue(d.b[l]))
		n.params = append(n.params, w, b)
		z := gorgonia.Must(gorgonia.BroadcastAdd(gorgonia.Must(gorgonia.Mul(w, a)), b, nil, []byte{1}))
		a = gorgonia.Must(gorgonia.Tanh(z))
	}
	n.j = gorgonia.Must(gorgonia.Mean(gorgonia.Must(gorgonia.Square(a))))
	t, err := newTape(n)
	return &gorgoniaChain{t, d.x}, err
}

func (c *gorgoniaChain) Steps(k int) error {
	for range k {
		if err := errors.Join(c.run(c.x, nil), c.forget()); err != nil {
			return err
		}
	}
	return nil
}

func (c *gorgoniaChain) Loss() (float64, error) { return scalarOf(c.j.Value()) }

func (c *gorgoniaChain) Close() error { return c.machine.Close() }

// scalarOf is the number that a value of gorgonia's is.
func scalarOf(v gorgonia.Value) (float64, error) {
	switch v := v.Data().(type) {
	case float32:
		return float64(v), nil
	case float64:
		return v, nil
	}
	return 0, fmt.Errorf("%v is no number", v)
}
