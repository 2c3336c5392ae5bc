package draw

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Pooling by hand, and against a search of all ascending rows of numbers in {0, 1, 2}
// for the least weighted sum of squares.
func TestIsotonic(t *testing.T) {
	for _, c := range []struct{ wish, weight, want []float64 }{
		{nil, nil, nil},
		{[]float64{1, 2, 3}, []float64{1, 1, 1}, []float64{1, 2, 3}},
		{[]float64{3, 1}, []float64{1, 1}, []float64{2, 2}},
		{[]float64{3, 1}, []float64{3, 1}, []float64{2.5, 2.5}},
		{[]float64{0, 4, 2, 6}, []float64{1, 1, 1, 1}, []float64{0, 3, 3, 6}},
	} {
		if got := isotonic(c.wish, c.weight); !slices.Equal(got, c.want) {
			t.Errorf("%v by %v: %v, want %v", c.wish, c.weight, got, c.want)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	loss := func(v, wish, weight []float64) (s float64) {
		for i := range v {
			s += weight[i] * (v[i] - wish[i]) * (v[i] - wish[i])
		}
		return s
	}
	for range 100 {
		wish, weight := make([]float64, 4), make([]float64, 4)
		for i := range wish {
			wish[i], weight[i] = 2*r.Float64(), 1+r.Float64()
		}
		best := isotonic(wish, weight)
		if !slices.IsSorted(best) {
			t.Fatalf("%v is not ascending", best)
		}
		for code := range 81 {
			v := []float64{float64(code % 3), float64(code / 3 % 3), float64(code / 9 % 3), float64(code / 27)}
			if slices.IsSorted(v) && loss(v, wish, weight) < loss(best, wish, weight)-1e-12 {
				t.Errorf("%v is nearer to %v than %v", v, wish, best)
			}
		}
	}
}

// diagram is a layered picture of boxes, so many in each layer, and arrows.
func diagram(layers []int, arrows [][2]int) *Diagram {
	d := &Diagram{depth: len(layers)}
	for layer, n := range layers {
		for range n {
			d.boxes = append(d.boxes, box{title: "x", layer: layer})
		}
	}
	for _, a := range arrows {
		d.arrows = append(d.arrows, arrow{from: a[0], to: a[1]})
	}
	return d
}

// crossings counts the pairs of lines that cross between neighbouring columns.
func crossings(l *layout) (n int) {
	at := l.positions()
	for i, a := range l.links {
		for _, b := range l.links[:i] {
			if l.slots[a.from].column == l.slots[b.from].column && (at[a.from]-at[b.from])*(at[a.to]-at[b.to]) < 0 {
				n++
			}
		}
	}
	return n
}

// Where an order without crossings is known, it is found: a matching in a random
// order, a tree, and K₂,₂, which has one crossing in any order.
func TestCrossings(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var matching [][2]int
	for i, k := range r.Perm(7) {
		matching = append(matching, [2]int{i, 7 + k})
	}
	for name, c := range map[string]struct {
		layers []int
		arrows [][2]int
		want   int
	}{
		"matching": {[]int{7, 7}, matching, 0},
		"tree":     {[]int{4, 2, 1}, [][2]int{{0, 4}, {1, 5}, {2, 4}, {3, 5}, {4, 6}, {5, 6}}, 0},
		"K22":      {[]int{2, 2}, [][2]int{{0, 2}, {0, 3}, {1, 2}, {1, 3}}, 1},
		"K33":      {[]int{3, 3}, [][2]int{{0, 3}, {0, 4}, {0, 5}, {1, 3}, {1, 4}, {1, 5}, {2, 3}, {2, 4}, {2, 5}}, 9},
	} {
		if n := crossings(newLayout(diagram(c.layers, c.arrows))); n != c.want {
			t.Errorf("%s: %d crossings, want %d", name, n, c.want)
		}
	}
}

// The slots of a column keep their distance, and the spine is one level line in
// each band.
func TestColumns(t *testing.T) {
	d, err := Of(chain(9), Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := newLayout(d)
	heights := map[float64]bool{}
	for c, column := range l.columns {
		for i, s := range column {
			if l.slots[s].spine {
				heights[l.slots[s].y] = true
			}
			if i > 0 && l.slots[s].y-l.slots[column[i-1]].y < l.apart(column[i-1], s)-1.01 {
				t.Errorf("column %d: %v and %v are too near", c, l.slots[column[i-1]], l.slots[s])
			}
		}
		if c > 0 && !slices.Contains(l.ends, c-1) && l.left[c]-l.right[c-1] < narrowGap-1e-9 {
			t.Errorf("columns %d and %d are too near", c-1, c)
		}
	}
	if bands := len(l.ends); bands < 2 || len(heights) != bands {
		t.Errorf("%d heights of the spine in %d bands", len(heights), bands)
	}
}

// chain is so many layers of tanh(wx).
func chain(layers int) *graph.Node {
	g := graph.New()
	h := g.Input("x", 2, graph.Batch)
	for range layers {
		h = ops.Tanh(ops.MatMul(g.Param("w", tensor.New(tensor.WithShape(2, 2), tensor.Of(tensor.Float64))), h))
	}
	return ops.Sum(h)
}

// Bands are near as wide as a page allows, and none is much wider.
func TestBands(t *testing.T) {
	for layers := 1; layers < 19; layers++ {
		d, err := Of(chain(layers), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if l := newLayout(d); l.width > 1.25*bandWidth || math.IsInf(l.height, 0) {
			t.Errorf("%d layers: %g wide", layers, l.width)
		}
	}
}

// Weights of all steps keep them in one band, a wide one; the maps after that go on in
// one more, not in several.
func TestShortRestIsOneBand(t *testing.T) {
	g := graph.New()
	h := g.Input("x", 2, graph.Batch)
	zeros := func(n int) *tensor.Dense { return tensor.New(tensor.WithShape(2, n), tensor.Of(tensor.Float64)) }
	w, u, b := g.Param("w", zeros(2)), g.Param("u", zeros(2)), g.Param("b", zeros(1))
	for range 3 {
		h = ops.Tanh(ops.Bias(b, ops.Add(ops.MatMul(w, h), ops.MatMul(u, g.Input("x", 2, graph.Batch)))))
	}
	d, err := Of(ops.Sum(ops.Square(ops.Exp(ops.Softplus(ops.Sin(h))))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := newLayout(d)
	if len(l.ends) != 2 {
		t.Errorf("%d bands, that end at %v of %d columns", len(l.ends), l.ends, len(l.columns))
	}
}

// An arrow that comes into a band stands there as the band needs it, however high it was above
// the boxes of the band before.
func TestBandsAreLevelledApart(t *testing.T) {
	g := graph.New()
	z := g.Input("z", 2, 5)
	of := func(name string) *graph.Node {
		return ops.MatMul(g.Param(name, tensor.New(tensor.WithShape(2, 2), tensor.Of(tensor.Float64))), z)
	}
	q, k, v := of("Q"), of("K"), of("V")
	a := ops.MatMul(v, ops.Softmax(ops.MatMul(ops.T(k), q), 0))
	d, err := Of(ops.Sum(ops.Square(ops.Sub(ops.Add(z, a), g.Input("t", 2, 5)))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := newLayout(d)
	if len(l.ends) != 2 {
		t.Fatalf("%d bands", len(l.ends))
	}
	first := l.columns[l.ends[0]+1]
	if len(first) != 2 {
		t.Fatalf("%d arrows come into the second band", len(first))
	}
	if apart := l.slots[first[1]].y - l.slots[first[0]].y; apart > 40 {
		t.Errorf("the arrows into the second band are %g apart", apart)
	}
}

// On random graphs of two layers the order has few more crossings than the best of
// all orders, found by trying them.
func TestFewCrossings(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	found, best := 0, 0
	for range 60 {
		var arrows [][2]int
		for i := range 5 {
			for _, k := range r.Perm(5)[:1+r.IntN(3)] {
				arrows = append(arrows, [2]int{i, 5 + k})
			}
		}
		found += crossings(newLayout(diagram([]int{5, 5}, arrows)))
		least := math.MaxInt
		for _, left := range permutations(5) {
			for _, right := range permutations(5) {
				n := 0
				for i, a := range arrows {
					for _, b := range arrows[:i] {
						if (left[a[0]]-left[b[0]])*(right[a[1]-5]-right[b[1]-5]) < 0 {
							n++
						}
					}
				}
				least = min(least, n)
			}
		}
		best += least
	}
	if float64(found) > 1.05*float64(best) {
		t.Errorf("%d crossings, the best orders have %d", found, best)
	}
}

// permutations returns all orders of n.
func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, p := range permutations(n - 1) {
		for i := range n {
			all = append(all, slices.Insert(slices.Clone(p), i, n-1))
		}
	}
	return all
}
