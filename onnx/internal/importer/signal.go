package importer

import (
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// signalRules are those of windows, spectra and filters. A complex number is the two entries of a
// last axis.
var signalRules = map[string]rule{
	"HannWindow":      window(0.5, 0.5, 0),
	"HammingWindow":   window(25./46, 21./46, 0),
	"BlackmanWindow":  window(0.42, 0.5, 0.08),
	"MelWeightMatrix": melWeights,
	"DFT":             fourier,
	"STFT":            shortFourier,
}

// longest bounds the entries of a table that a rule makes.
const longest = 1 << 22

// window is the rule of a₀ − a₁cos(2πi/n) + a₂cos(4πi/n), or with n−1 if it is symmetric.
func window(a0, a1, a2 float64) rule {
	return func(c *call) []*Value {
		n := c.integer(0)
		if n < 1 || n > longest {
			refuse("a window of %d entries: %w", n, graph.ErrSize)
		}
		period := float64(n)
		if !c.flag("periodic", 1) {
			period = math.Max(period-1, 1)
		}
		v := make([]float64, n)
		for i := range v {
			at := 2 * math.Pi * float64(i) / period
			v[i] = a0 - a1*math.Cos(at) + a2*math.Cos(2*at)
		}
		return c.of(proto.Element(c.int("output_datatype", int(proto.Float32))), c.array([]int{n}, v))
	}
}

// melWeights is a matrix (bins, bands) of triangles whose corners are evenly spaced on the mel scale.
func melWeights(c *call) []*Value {
	bands, length, rate := c.integer(0), c.integer(1), float64(c.integer(2))
	low, high := c.floats(3)[0], c.floats(4)[0]
	bins := length/2 + 1
	if bands < 1 || length < 1 || bands > longest/bins || rate <= 0 || low < 0 || high <= low {
		refuse("%d bands of a spectrum of %d entries, from %g to %g Hz: %w", bands, length, low, high, graph.ErrSize)
	}
	mel := func(hz float64) float64 { return 2595 * math.Log10(1+hz/700) }
	corners := make([]int, bands+2)
	step := (mel(high) - mel(low)) / float64(bands+2)
	for i := range corners {
		hz := 700 * (math.Pow(10, (float64(i)*step+mel(low))/2595) - 1)
		corners[i] = min(int(math.Floor(float64(length+1)*hz/rate)), bins-1)
	}
	w := make([]float64, bins*bands)
	for band := range bands {
		from, peak, to := corners[band], corners[band+1], corners[band+2]
		if peak == from {
			w[peak*bands+band] = 1
		}
		for i := from; i <= peak && peak > from; i++ {
			w[i*bands+band] = float64(i-from) / float64(peak-from)
		}
		for i := peak; i < to; i++ {
			w[i*bands+band] = float64(to-i) / float64(to-peak)
		}
	}
	return c.of(proto.Element(c.int("output_datatype", int(proto.Float32))), c.array([]int{bins, bands}, w))
}

// turns are the matrices (bins, n) of cos and −sin of 2πjk/n.
func (c *call) turns(bins, n int) (cos, sin *graph.Node) {
	if n < 1 || bins > longest/n {
		refuse("a spectrum of %d entries: %w", n, graph.ErrSize)
	}
	re, im := make([]float64, bins*n), make([]float64, bins*n)
	for j := range bins {
		for k := range n {
			s, co := math.Sincos(2 * math.Pi * float64(j*k%n) / float64(n))
			re[j*n+k], im[j*n+k] = co, -s
		}
	}
	return c.array([]int{bins, n}, re), c.array([]int{bins, n}, im)
}

// spectrum is the transform of real and imaginary parts along their last axis; im may be nil.
func (c *call) spectrum(re, im *graph.Node, bins int, inverse bool) *graph.Node {
	d := re.Shape().Dims()
	n := d[len(d)-1]
	if graph.Symbolic(n) {
		refuse("a spectrum of %s entries: give that by Dims", graph.ExtentString(n))
	}
	cos, sin := c.turns(bins, n)
	rows := graph.Times(d[:len(d)-1]...)
	along := func(x, m *graph.Node) *graph.Node {
		y := ops.MatMul(ops.Reshape(x, rows, n), ops.T(m))
		return ops.Reshape(y, append(slices.Clone(d[:len(d)-1]), bins)...)
	}
	if inverse {
		sin = ops.Neg(sin)
	}
	yre, yim := along(re, cos), along(re, sin)
	if im != nil {
		yre, yim = ops.Sub(yre, along(im, sin)), ops.Add(yim, along(im, cos))
	}
	y := ops.Stack(len(d), yre, yim)
	if inverse {
		y = ops.Scale(1/float64(n), y)
	}
	return y
}

// parts are the real and the imaginary part of input i, the latter nil if there is none.
func (c *call) parts(i int) (re, im *graph.Node) {
	x, last := c.node(i), c.rank(i)-1
	switch n := c.dims(i)[last]; n {
	case 1:
		return ops.Squeeze(x, last), nil
	case 2:
		return ops.Index(x, last, 0), ops.Index(x, last, 1)
	default:
		refuse("a last axis of %s, want the 1 or 2 parts of a number: %w", graph.ExtentString(n), graph.ErrShape)
	}
	return nil, nil
}

// fourier is the discrete transform along an axis.
func fourier(c *call) []*Value {
	re, im := c.parts(0)
	rank := c.rank(0)
	axis := c.axis("axis", 1, rank)
	if axis == rank-1 {
		refuse("the transform of the parts of numbers: %w", graph.ErrAxis)
	}
	perm := append(slices.Delete(count(0, rank-1), axis, axis+1), axis)
	n := c.dims(0)[axis]
	if c.has(1) {
		n = c.integer(1)
	}
	prepare := func(x *graph.Node) *graph.Node {
		if x == nil {
			return nil
		}
		x = transpose(x, perm)
		if has := x.Shape().Dim(rank - 2); has != n && !graph.Symbolic(has) {
			if has > n {
				return ops.Slice(x, rank-2, 0, n)
			}
			return padded(x, rank-2, n)
		}
		return x
	}
	bins, inverse := n, c.flag("inverse", 0)
	if c.flag("onesided", 0) {
		if inverse {
			refuse("the inverse of half a spectrum")
		}
		bins = n/2 + 1
	}
	y := c.spectrum(prepare(re), prepare(im), bins, inverse)
	back := make([]int, rank)
	for i, a := range perm {
		back[a] = i
	}
	back[rank-1] = rank - 1
	return c.one(transpose(y, back))
}

// shortFourier is the transform of frames of a signal (N, T, 1 or 2), which begin a step apart and
// may be weighed by a window.
func shortFourier(c *call) []*Value {
	re, im := c.parts(0)
	step, length := c.integer(1), c.dims(0)[1]
	n := 0
	switch {
	case c.has(3):
		n = c.integer(3)
	case c.has(2):
		n = c.dims(2)[0]
	}
	if len(c.dims(0)) != 3 || graph.Symbolic(length) || n < 1 || n > length || step < 1 || graph.Symbolic(n) {
		refuse("frames of %d by %d of a signal of shape %v: %w", n, step, c.x(0).Shape, graph.ErrShape)
	}
	frames := (length-n)/step + 1
	if frames > longest/n {
		refuse("%d frames of %d: %w", frames, n, graph.ErrSize)
	}
	places := make([]int, 0, frames*n)
	for f := range frames {
		for i := range n {
			places = append(places, f*step+i)
		}
	}
	framed := func(x *graph.Node) *graph.Node {
		if x == nil {
			return nil
		}
		x = ops.Reshape(c.taken(x, 1, places), c.dims(0)[0], frames, n)
		if c.has(2) {
			x = ops.Mul(x, c.node(2))
		}
		return x
	}
	bins := n
	if c.flag("onesided", 1) {
		bins = n/2 + 1
	}
	return c.one(c.spectrum(framed(re), framed(im), bins, false))
}
