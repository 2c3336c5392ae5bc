package ops_test

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Convolutions of many channels are those of the definition, whose channels lie side by side
// somewhere on the way: by strides and dilations that leave rest, in groups, with a bias and a ReLU,
// for one example and for several, of images whose axes were exchanged, and with a weight that is
// infinite.
func TestConvOfManyChannels(t *testing.T) {
	for k, p := range []ops.Window{
		{Before: both(1), After: both(1)},
		{Stride: both(2), Before: both(1), After: both(1)},
		{Stride: [2]int{3, 2}, Before: [2]int{0, 2}, After: [2]int{2, 0}, Groups: 2},
		{Stride: [2]int{1, 3}, Dilation: both(2), Before: both(3), After: both(1)},
		{Stride: both(5)}, // some rows and columns are never shown
		{},
		{Before: both(1), Groups: 9},
	} {
		for i, n := range []int{1, 3, 16} {
			exchanged, special := (k+i)%2 > 0, 1.
			if k%3 == i {
				special = math.Inf(1)
			}
			got, want := manyChannels(t, p, n, exchanged, special)
			for of, name := range []string{"y", "dw", "dx"} {
				for j, v := range got[of] {
					if want := want[of][j]; !(math.Abs(v-want) <= 1e-10) && v != want && (v == v || want == want) {
						t.Fatalf("window %d, N = %d, exchanged %v, %v: entry %d of %s is %v, by definition %v", k, n, exchanged, special, j, name, v, want)
					}
				}
			}
		}
	}
}

// manyChannels returns y, dw and dx of a convolution, and of its definition, of 33 channels of one or
// two groups, or of 2 in each of more. A weight is times special.
func manyChannels(t *testing.T, p ops.Window, n int, exchanged bool, special float64) (got, want [][]float64) {
	t.Helper()
	g := graph.NewOf(tensor.Float64)
	groups, channels := max(1, p.Groups), 33
	if groups > 2 {
		channels = 2
	}
	high, wide := 11, 12
	switch {
	case n == 1 && p.Stride == both(2):
		high, wide = 23, 24 // places enough to turn weights
	case n == 16:
		high, wide = 7, 8
	}
	w, x, b := g.Input("w", 34*groups, channels, 3, 2), g.Input("x", channels*groups, high, wide, n), g.Input("b", 34*groups, 1, 1, 1)
	image := x
	if exchanged {
		x = g.Input("z", high, x.Shape().Dim(0), wide, n)
		image = ops.Transpose(x, 1, 0, 2, 3)
	}
	u := ops.Conv(w, image, p)
	ζ := g.Input("ζ", u.Shape().Dims()...)
	definition := u.Op().(graph.Expander).Expand(w, image)
	feeds := map[*node]*tensor.Dense{}
	for _, in := range []*node{w, x, ζ, b} {
		feeds[in] = filledBy(func(i int) float64 { return math.Sin(float64(i + 1)) }, in.Shape().Dims()...)
	}
	feeds[w].Float64s()[1001] *= special
	y, r, of := ops.ReLU(ops.Bias(b, u)), graph.VJP(u, ζ, w, image), graph.VJP(definition, ζ, w, image)
	all := convValues(t, feeds, y, r[0], r[1], ops.ReLU(ops.Bias(b, definition)), of[0], of[1])
	return all[:3], all[3:]
}
