package ops_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// convValues returns the values of nodes where inputs are fed.
func convValues(t *testing.T, feeds map[*node]*tensor.Dense, y ...*node) [][]float64 {
	t.Helper()
	p, err := graph.Compile(y...)
	if err != nil {
		t.Fatal(err)
	}
	for x, v := range feeds {
		if err := p.Feed(x, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	values := make([][]float64, len(y))
	for i := range y {
		v, err := p.Value(y[i])
		if err != nil {
			t.Fatal(err)
		}
		values[i] = append(values[i], v.Float64s()...)
	}
	return values
}

// filledBy returns the tensor of these entries.
func filledBy(f func(i int) float64, dims ...int) *tensor.Dense {
	n := 1
	for _, d := range dims {
		n *= d
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = f(i)
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v))
}

// A factor that is infinite or NaN does to a convolution and to both its reverse derivatives
// what it does to their definitions, whatever the number of examples: what is past the edge
// is 0 and multiplied in the first and the last of them, and is not there in Fold.
func TestConvOfSpecials(t *testing.T) {
	windows := []ops.Window{
		{},
		{Before: both(1), After: both(1)},
		{Before: both(2), After: both(2), Stride: both(2)},
		{Before: [2]int{0, 2}, After: [2]int{2, 0}, Dilation: both(2)},
		{Before: both(4), After: both(4), Stride: [2]int{1, 3}},
	}
	for k, p := range windows {
		for _, n := range []int{1, 3, 16, 70} {
			for _, special := range []float64{math.NaN(), math.Inf(1)} {
				for _, at := range []int{0, 13, 35} {
					for _, which := range []string{"w", "ζ", "x"} {
						g := graph.NewOf(tensor.Float64)
						w, x := g.Input("w", 2, 4, 3, 3), g.Input("x", 4, 5, 6, n)
						y := ops.Conv(w, x, p)
						ζ := g.Input("ζ", y.Shape().Dims()...)
						definition := y.Op().(graph.Expander).Expand(w, x)
						conv, want := graph.VJP(y, ζ, w, x), graph.VJP(definition, ζ, w, x)
						feeds := map[*node]*tensor.Dense{}
						for _, in := range []*node{w, x, ζ} {
							feeds[in] = filledBy(func(i int) float64 { return math.Sin(float64(i + 1)) }, in.Shape().Dims()...)
						}
						v := feeds[map[string]*node{"w": w, "ζ": ζ, "x": x}[which]].Float64s()
						v[at%len(v)] = special
						got := convValues(t, feeds, y, conv[0], conv[1], definition, want[0], want[1])
						for i, name := range []string{"y", "r₁", "r₂"} {
							for j := range got[i] {
								if a, b := got[i][j], got[i+3][j]; math.IsNaN(a) != math.IsNaN(b) || math.IsInf(a, 0) != math.IsInf(b, 0) || math.Abs(a-b) > 1e-12*(1+math.Abs(b)) {
									t.Fatalf("window %d, N = %d, %s[%d] = %v: entry %d of %s is %v, by definition %v", k, n, which, at, special, j, name, a, b)
								}
							}
						}
					}
				}
			}
		}
	}
}

// One formula serves signals of every length, with windows and strides, and says so where the
// window does not fit.
func TestConvOfAnyLength(t *testing.T) {
	g := graph.NewOf(tensor.Float64)
	T := graph.Extent("T")
	w, x := g.Input("w", 2, 1, 3), g.Input("x", 1, T, batch)
	y := ops.Conv(w, x, ops.Window{Stride: both(2), Before: both(1)})
	back := ops.ConvTranspose(w, y, ops.Window{Stride: both(2), Before: both(1)})
	if s := fmt.Sprint(y.Shape(), back.Shape()); s != "(2, ⌊T/2⌋, N) (1, 2·⌊T/2⌋, N)" {
		t.Error(s)
	}
	pooled := ops.MaxPool(y, ops.Window{Size: both(2)})
	dx := graph.Gradient(ops.Sum(ops.Square(pooled)), x)[0]
	for _, length := range []int{4, 7, 10} {
		feeds := map[*node]*tensor.Dense{
			w: filledBy(func(i int) float64 { return float64(i) }, 2, 1, 3),
			x: filledBy(func(i int) float64 { return float64(i) }, 1, length, 2),
		}
		v := convValues(t, feeds, y, dx)
		places := (length+1-3)/2 + 1
		if len(v[0]) != 2*places*2 || len(v[1]) != 2*length {
			t.Fatalf("T = %d: %d values and %d derivatives", length, len(v[0]), len(v[1]))
		}
		// The first place shows 0, x₀, x₁ of the second example.
		if want := 4*1. + 5*3; v[0][places*2+1] != want {
			t.Errorf("T = %d: y is %v, want %v", length, v[0][places*2+1], want)
		}
	}
	p, err := graph.Compile(y)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Feed(w, filledBy(func(i int) float64 { return 1 }, 2, 1, 3)), p.Feed(x, filledBy(func(i int) float64 { return 1 }, 1, 1, 2)), p.Run()); !errors.Is(err, graph.ErrEmpty) {
		t.Errorf("T = 1: %v", err)
	}
}

// The weights of small images are those of the definition for as many channels as fill a
// vector, by strides, in groups, and of an image whose axes were exchanged.
func TestConvOfSmallImages(t *testing.T) {
	for _, p := range []ops.Window{{}, {Before: both(1), After: both(1)}, {Stride: [2]int{2, 3}, Before: both(1), Groups: 2}, {Stride: [2]int{100, 3}}} {
		for _, exchanged := range []bool{false, true} {
			for _, n := range []int{1, 5} {
				g := graph.NewOf(tensor.Float64)
				w, x := g.Input("w", 4, 17, 3, 2), g.Input("x", 17*max(1, p.Groups), 6, 5, n)
				image := x
				if exchanged {
					x = g.Input("z", 6, x.Shape().Dim(0), 5, n)
					image = ops.Transpose(x, 1, 0, 2, 3)
				}
				agreesOnWeights(t, fmt.Sprintf("%+v, exchanged %v, N = %d", p, exchanged, n), ops.Conv(w, image, p), w, x)
			}
		}
	}
}

// agreesOnWeights holds r(ζ) in w of a convolution y to that of its definition.
func agreesOnWeights(t *testing.T, name string, y, w, x *node) {
	t.Helper()
	ζ := w.Graph().Input("ζ", y.Shape().Dims()...)
	definition := y.Op().(graph.Expander).Expand(y.In(0), y.In(1))
	feeds := map[*node]*tensor.Dense{}
	for _, in := range []*node{w, x, ζ} {
		feeds[in] = filledBy(func(i int) float64 { return math.Sin(float64(i + 1)) }, in.Shape().Dims()...)
	}
	got := convValues(t, feeds, graph.VJP(y, ζ, w)[0], graph.VJP(definition, ζ, w)[0])
	for i, v := range got[0] {
		if math.Abs(v-got[1][i]) > 1e-12 {
			t.Fatalf("%s: entry %d of dw is %v, by definition %v", name, i, v, got[1][i])
		}
	}
}

// The weights are those of the definition for many examples where entries of the window are past
// the edge: for most places, for all, and where there are as many ways to be so as places.
func TestConvOfManyEdges(t *testing.T) {
	for _, c := range []struct {
		kh, kw, side int
		p            ops.Window
	}{
		{3, 3, 3, ops.Window{Same: true}},
		{9, 8, 9, ops.Window{Same: true, Groups: 2}},
		{3, 3, 6, ops.Window{Same: true, Dilation: both(4)}},
		{2, 4, 7, ops.Window{Before: [2]int{1, 3}, Dilation: [2]int{2, 1}, Groups: 2}},
	} {
		g := graph.NewOf(tensor.Float64)
		w, x := g.Input("w", 4, 2/max(1, c.p.Groups), c.kh, c.kw), g.Input("x", 2, c.side, c.side, 17)
		agreesOnWeights(t, fmt.Sprintf("%+v", c), ops.Conv(w, x, c.p), w, x)
	}
}

// A window that reaches very far past a small image takes no memory of its size: here one of
// two rows and two columns of which one entry is on an image of one, and its reverse derivatives.
func TestConvOfFarWindows(t *testing.T) {
	const far = 1 << 19
	for _, stride := range []int{1, 3} {
		g := graph.New()
		w, x := g.Input("w", 1, 1, 2, 2), g.Input("x", 1, 1, 1, 1)
		y := ops.Conv(w, x, ops.Window{Dilation: both(far), Before: both(far), Stride: both(stride)})
		ζ := g.Input("ζ", 1, 1, 1, 1)
		r := graph.VJP(y, ζ, w, x)
		values := convValues(t, map[*node]*tensor.Dense{
			w: filledBy(func(i int) float64 { return float64(i + 1) }, 1, 1, 2, 2),
			ζ: filledBy(func(int) float64 { return 2 }, 1, 1, 1, 1),
			x: filledBy(func(int) float64 { return 10 }, 1, 1, 1, 1),
		}, y, r[0], r[1])
		want := [][]float64{{40}, {0, 0, 0, 20}, {8}}
		if fmt.Sprint(values) != fmt.Sprint(want) {
			t.Errorf("stride %d: y, dw and dx are %v, want %v", stride, values, want)
		}
	}
}

// Shapes and windows that do not go together are errors that say so.
func TestConvErrors(t *testing.T) {
	g := graph.NewOf(tensor.Float64)
	w, x := g.Input("w", 4, 2, 3, 3), g.Input("x", 4, 5, 6, batch)
	signal := g.Input("s", 4, graph.Extent("T"), batch)
	for name, y := range map[string]*node{
		"too few channels":          ops.Conv(w, x, ops.Window{}),
		"groups":                    ops.Conv(w, x, ops.Window{Groups: 3}),
		"a stride":                  ops.Conv(w, x, ops.Window{Groups: 2, Stride: both(-1)}),
		"a huge pad":                ops.Conv(w, x, ops.Window{Groups: 2, Before: both(math.MaxInt)}),
		"before":                    ops.Conv(w, x, ops.Window{Groups: 2, Before: both(-1)}),
		"does not fit":              ops.Conv(w, x, ops.Window{Groups: 2, Dilation: both(3)}),
		"ranks":                     ops.Conv(w, signal, ops.Window{Groups: 2}),
		"Same of a symbol":          ops.Conv(g.Input("v", 1, 4, 3), signal, ops.Window{Same: true, Stride: both(2)}),
		"channels":                  ops.Conv(w, g.Input("z", graph.Extent("C"), 5, 6, batch), ops.Window{}),
		"examples before":           ops.Conv(w, g.Input("z2", 4, batch, 6, 2), ops.Window{Groups: 2}),
		"a pool past the edge":      ops.MaxPool(x, ops.Window{Size: both(2), Before: both(2)}),
		"a pool of nothing":         ops.MaxPool(g.Input("z3", 1, 1, 1, 2), ops.Window{Size: both(2), Dilation: both(4), Before: both(2), After: both(2)}),
		"a pool without a size":     ops.AvgPool(x, ops.Window{}),
		"transposed, ranks":         ops.ConvTranspose(w, signal, ops.Window{}),
		"transposed, channels":      ops.ConvTranspose(w, g.Input("z4", 3, 5, 6, batch), ops.Window{}),
		"transposed, cut to naught": ops.ConvTranspose(w, g.Input("z5", 4, 1, 1, batch), ops.Window{Before: both(2), After: both(1)}),
		"no patches":                ops.Fold(g.Input("z6", 1, 2, 2, 3, 3, batch), 3, 3, ops.Window{Size: both(2)}),
		"upsampled by 0":            ops.Upsample(x, 0, 1),
		"mirrored too far":          ops.PadReflect(x, 1, 5, 0),
		"negative pad":              ops.Pad(x, 1, -1, 0, 0),
	} {
		if err := y.Err(); !errors.Is(err, graph.ErrShape) && !errors.Is(err, graph.ErrEmpty) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A ReLU is read after the pool, and the bias and the ReLU of a convolution that nobody else
// reads are computed with it: the values are those of the formula as it is written.
func TestConvLayers(t *testing.T) {
	for _, n := range []int{1, 5, 64} {
		g := graph.NewOf(tensor.Float64)
		w, b, x := g.Input("w", 3, 2, 3, 3), g.Input("b", 3, 1, 1, 1), g.Input("x", 2, 6, 6, n)
		u := ops.Conv(w, x, ops.Window{Same: true})
		z := ops.Bias(b, u)
		a := ops.ReLU(z)
		feeds := map[*node]*tensor.Dense{}
		for _, in := range []*node{w, b, x} {
			feeds[in] = filledBy(func(i int) float64 { return math.Sin(float64(3*i + 1)) }, in.Shape().Dims()...)
		}
		alone, read := convValues(t, feeds, a)[0], convValues(t, feeds, u, z, a)
		for i, v := range read[0] {
			want := math.Max(0, v+feeds[b].Float64s()[i/(36*n)])
			if math.Abs(alone[i]-want) > 1e-14 || math.Abs(read[2][i]-want) > 1e-14 {
				t.Fatalf("N = %d: entry %d of ReLU(ψ(b, w∗x)) is %v alone, %v beside z, want %v", n, i, alone[i], read[2][i], want)
			}
		}
	}
}

// negativeWindows fills planes of 6×4 of n examples with windows of negative entries, of −1 and 0, and of any.
func negativeWindows(n int) func(i int) float64 {
	return func(i int) float64 {
		h, w := i/n/4%6, i/n%4
		switch {
		case h < 2:
			return -1 - float64(i%3)
		case h < 4:
			return -float64(1 - w%2)
		}
		return math.Sin(float64(i + 1))
	}
}

// The pool of a ReLU and its reverse derivatives are those of their definitions: alone and beside
// the ReLU, where all of a window are negative, and where its largest entry is 0.
func TestPoolOfReLU(t *testing.T) {
	for _, n := range []int{1, 5, 64} {
		g := graph.NewOf(tensor.Float64)
		x := g.Input("x", 2, 6, 4, n)
		a := ops.ReLU(x)
		y := ops.MaxPool(a, ops.Window{Size: both(2)})
		ζ := g.Input("ζ", 2, 3, 2, n)
		dx := graph.VJP(y, ζ, x)[0]
		feeds := map[*node]*tensor.Dense{
			ζ: filledBy(func(i int) float64 { return float64(i + 1) }, 2, 3, 2, n),
			x: filledBy(negativeWindows(n), 2, 6, 4, n),
		}
		alone, beside := convValues(t, feeds, y, dx), convValues(t, feeds, y, dx, a)
		for c := range 2 {
			for p := range 6 {
				for j := range n {
					largest, at := 0., -1
					for e := range 4 {
						k := ((c*6+p/2*2+e/2)*4+p%2*2+e%2)*n + j
						if v := feeds[x].Float64s()[k]; v > largest || v == 0 && at < 0 {
							largest, at = v, k
						}
					}
					to := (c*6+p)*n + j
					for i, v := range [][][]float64{alone, beside} {
						if v[0][to] != largest {
							t.Fatalf("N = %d, %d: y[%d] is %v, want %v", n, i, to, v[0][to], largest)
						}
						sum := 0.
						for e := range 4 {
							k := ((c*6+p/2*2+e/2)*4+p%2*2+e%2)*n + j
							if want := float64(to + 1); k == at && v[1][k] != want {
								t.Fatalf("N = %d, %d: dx[%d] is %v, want %v", n, i, k, v[1][k], want)
							}
							sum += v[1][k]
						}
						if at < 0 && sum != 0 || at >= 0 && sum != float64(to+1) {
							t.Fatalf("N = %d, %d: window %d gets %v", n, i, to, sum)
						}
					}
				}
			}
		}
		p, err := graph.Compile(dx)
		if err != nil {
			t.Fatal(err)
		}
		if s := fmt.Sprint(p); !strings.Contains(s, "ReLU∘maxpool") || strings.Contains(s, "step") {
			t.Errorf("the reverse derivative of the pool of a ReLU is\n%s", s)
		}
	}
}

// The pool of a ReLU and its reverse derivative are to the bit those of ReLU and the pool one after the
// other, where ties are positive, windows overlap, are negative or have NaN: but the derivative by an
// entry that is NaN, which is 0.
func TestPoolOfReLUIsReLUOfPool(t *testing.T) {
	for _, n := range []int{1, 16, 17} {
		g := graph.NewOf(tensor.Float32)
		x := g.Input("x", 3, 6, 6, n)
		a := ops.ReLU(x)
		y := ops.MaxPool(a, ops.Window{Size: both(3), Stride: both(2), Before: both(1)})
		ζ := g.Input("ζ", y.Shape().Dims()...)
		dx := graph.VJP(y, ζ, x)[0]
		apart := graph.VJP(a, graph.VJP(y, ζ, a)[0], x)[0]
		fill := func(f func(i int) float64, d ...int) *tensor.Dense {
			v := make([]float32, volume(d))
			for i := range v {
				v[i] = float32(f(i))
			}
			return tensor.New(tensor.WithShape(d...), tensor.WithBacking(v))
		}
		feeds := map[*node]*tensor.Dense{
			ζ: fill(func(i int) float64 { return float64(i%7) - 3 }, y.Shape().Dims()...),
			x: fill(func(i int) float64 { // with ties of positive entries, negative windows and NaN
				if i%101 == 50 {
					return math.NaN()
				}
				return float64((i*i+i/n)%5) - 2.5
			}, 3, 6, 6, n),
		}
		nan := map[int]bool{}
		for i, v := range feeds[x].Float32s() {
			nan[i] = v != v
		}
		swapped := convBits(t, feeds, y, dx)
		asWritten := convBits(t, feeds, y, apart, a, graph.VJP(y, ζ, a)[0])
		for i, v := range swapped[1] {
			if nan[i] && v != 0 {
				t.Errorf("N = %d: dx[%d] of NaN is %v, want 0", n, i, math.Float32frombits(v))
			}
			if nan[i] {
				asWritten[1][i] = 0
			}
		}
		for i := range swapped {
			if !slices.Equal(swapped[i], asWritten[i]) {
				t.Errorf("N = %d: value %d depends on which is computed first", n, i)
			}
		}
	}
}

// convBits returns the bits of nodes, those of NaN all alike and −0 as 0.
func convBits(t *testing.T, feeds map[*node]*tensor.Dense, of ...*node) (bits [][]uint32) {
	t.Helper()
	p, err := graph.Compile(of...)
	if err != nil {
		t.Fatal(err)
	}
	for in, v := range feeds {
		if err := p.Feed(in, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for _, z := range of {
		v, err := p.Value(z)
		if err != nil {
			t.Fatal(err)
		}
		var list []uint32
		for _, f := range v.Float32s() {
			switch {
			case f != f:
				f = float32(math.NaN())
			case f == 0:
				f = 0
			}
			list = append(list, math.Float32bits(f))
		}
		bits = append(bits, list)
	}
	return bits
}
