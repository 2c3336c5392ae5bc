package optest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"

	"adjoint/graph"
	"adjoint/graphio"
)

// kept asserts that F with its derivatives goes through a file and computes the same bits.
// An op that says no name is kept in no file.
func (c *checker) kept(f *formula, n int, at place) error {
	c.t.Helper()
	if !allNamed(f.first.all()) {
		return nil
	}
	rng := rand.New(rand.NewPCG(1, 2)) // its own, so that the points of other laws stay
	for _, m := range []*mapping{f.first, f.second} {
		if m == nil {
			continue
		}
		x, ζ, ξ := at.x, normal(rng, m.ζ, n), normal(rng, m.ξ, n)
		if m == f.second {
			x = append(append([][]float64{}, x...), normal(rng, m.in[len(x):], n)...)
		}
		want, err := m.run(n, x, ζ, ξ)
		if err != nil {
			return err
		}
		if m.kept == nil { // once for all numbers of examples
			if m.kept, err = m.throughFile(); err != nil {
				return err
			}
		}
		got, err := m.kept.run(n, x, ζ, ξ)
		if err != nil {
			return fmt.Errorf("after a file: %w", err)
		}
		for _, part := range []struct {
			what      string
			got, want [][]float64
		}{{"F", got.out, want.out}, {"r", got.r, want.r}, {"d", got.d, want.d}} {
			c.sameBits(Files, part.what, part.got, "as read from a file", part.want, "as written")
		}
	}
	return nil
}

// allNamed reports whether all ops that nodes are computed by have names for files.
func allNamed(nodes []*graph.Node) bool {
	for _, n := range cone(nodes) {
		if d, ok := n.Op().(graph.Describer); !ok || d.Describe().Name == "" {
			return false
		}
	}
	return true
}

// throughFile returns the mapping that a file of it has.
func (m *mapping) throughFile() (*mapping, error) {
	lists := map[string][]*graph.Node{"in": m.in, "out": m.out, "ζ": m.ζ, "ξ": m.ξ, "r": m.r, "d": m.d}
	roles := map[string][]*graph.Node{}
	for role, list := range lists {
		for i, n := range list {
			if n != nil {
				roles[fmt.Sprint(role, i)] = []*graph.Node{n}
			}
		}
	}
	var file bytes.Buffer
	if err := graphio.Write(&file, roles); err != nil {
		return nil, err
	}
	again := bytes.NewBuffer(nil)
	nodes, err := graphio.Read(bytes.NewReader(file.Bytes()))
	if err == nil {
		err = graphio.Write(again, nodes)
	}
	switch {
	case err != nil:
		return nil, err
	case !bytes.Equal(file.Bytes(), again.Bytes()):
		return nil, errors.New("what was read is not written as it was")
	}
	list := func(role string) []*graph.Node {
		l := make([]*graph.Node, len(lists[role]))
		for i, n := range lists[role] {
			if n != nil {
				l[i] = nodes[fmt.Sprint(role, i)][0]
			}
		}
		return l
	}
	read := &mapping{in: list("in"), out: list("out"), ζ: list("ζ"), ξ: list("ξ"), r: list("r"), d: list("d")}
	return read, read.compile()
}
