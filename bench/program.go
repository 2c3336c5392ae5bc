package main

import "adjoint/graph"

// A program is run again and again, with what it was fed.
type program struct {
	*graph.Program
	j *graph.Node // its loss, or what stands for it
}

func (p *program) Steps(k int) error {
	for range k {
		if err := p.Run(); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) Close() error { return nil }

func (p *program) Loss() (float64, error) {
	v, err := p.Value(p.j)
	if err != nil {
		return 0, err
	}
	return entries(v)[0], nil
}
