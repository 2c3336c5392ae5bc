package graph_test

import (
	"errors"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
)

// A repeated is its input this many times, one after the other. It counts how often it is asked for
// a shape.
type repeated struct {
	times int
	asked *int
}

func (repeated) String() string                         { return "repeated" }
func (repeated) Kernel() compute.Kernel                 { return compute.Kernel{} }
func (repeated) Reverse(y, _ *graph.Node) []*graph.Node { return graph.NoDerivative(y) }
func (op repeated) Shape(x ...graph.Shape) (graph.Shape, error) {
	*op.asked++
	if x[0].Rank() != 1 {
		return graph.Shape{}, graph.ErrShape
	}
	return graph.ShapeOf(op.times * x[0].Dim(0)), nil
}

// An op is asked once for its shape at inputs of certain shapes. Other shapes and other ops of its
// type have shapes of their own, and what was refused is asked again.
func TestShapeIsAskedOnce(t *testing.T) {
	g, asked := graph.New(), 0
	two, three := repeated{2, &asked}, repeated{3, &asked}
	for _, c := range []struct {
		op     repeated
		extent int
		want   int
		asked  int
	}{
		{two, 5, 10, 1},
		{two, 5, 10, 1},
		{two, 7, 14, 2},
		{three, 5, 15, 3},
		{three, 5, 15, 3},
		{two, 7, 14, 3},
	} {
		y := graph.Apply(c.op, g.Input("x", c.extent))
		if y.Shape() != graph.ShapeOf(c.want) || asked != c.asked {
			t.Errorf("%d times %d is %v, and Shape was asked %d times, want %d and %d", c.op.times, c.extent, y.Shape(), asked, c.want, c.asked)
		}
	}
	for range 2 {
		if y := graph.Apply(two, g.Input("x", 5, 5)); !errors.Is(y.Err(), graph.ErrShape) {
			t.Errorf("a matrix twice: %v, want ErrShape", y.Err())
		}
	}
}

// A clone has the shapes of its nodes, also of those that are made in it later.
func TestShapesOfClone(t *testing.T) {
	g, asked := graph.New(), 0
	x := g.Input("x", 5)
	y := graph.Apply(repeated{2, &asked}, x)
	clone, of, err := graph.Clone(y)
	if err != nil {
		t.Fatal(err)
	}
	if of(x).Shape() != x.Shape() || of(y).Shape() != y.Shape() {
		t.Errorf("the copies have shapes %v and %v, want %v and %v", of(x).Shape(), of(y).Shape(), x.Shape(), y.Shape())
	}
	if graph.Apply(repeated{2, &asked}, of(x)) != of(y) {
		t.Error("equal ops of the same inputs are two nodes in a clone")
	}
	if z := graph.Apply(repeated{2, &asked}, clone.Input("z", 5)); z.Shape() != y.Shape() || asked != 1 {
		t.Errorf("a value like a copied one has shape %v, and Shape was asked %d times", z.Shape(), asked)
	}
}
