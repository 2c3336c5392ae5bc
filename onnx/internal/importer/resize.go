package importer

import (
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/ops"
)

// resizeRules are those of changes of resolution, axis by axis.
var resizeRules = map[string]rule{
	"Resize":   resize,
	"Upsample": upsample,
}

// A resizing is how the entries of an axis of n become those of one of m.
type resizing struct {
	n, m          int
	scale         float64
	from, to      float64 // the part of the axis that tf_crop_and_resize takes
	coordinates   string
	mode, nearest string
	cubic         float64
	excluded      bool // entries past the edge have no part; else they are those of the edge
}

// at is where entry i of the new axis is on the old one.
func (s resizing) at(i int) float64 {
	x, n, m := float64(i), float64(s.n), float64(s.m)
	switch s.coordinates {
	case "half_pixel":
		return (x+0.5)/s.scale - 0.5
	case "pytorch_half_pixel":
		if s.m > 1 {
			return (x+0.5)/s.scale - 0.5
		}
		return 0
	case "half_pixel_symmetric":
		return n/2*(1-m/(s.scale*n)) + (x+0.5)/s.scale - 0.5
	case "align_corners":
		if s.m == 1 {
			return 0
		}
		return x * (n - 1) / (m - 1)
	case "asymmetric":
		return x / s.scale
	case "tf_half_pixel_for_nn":
		return (x + 0.5) / s.scale
	case "tf_crop_and_resize":
		if s.m > 1 {
			return s.from*(n-1) + x*(s.to-s.from)*(n-1)/(m-1)
		}
		return 0.5 * (s.from + s.to) * (n - 1)
	}
	refuse("coordinate_transformation_mode %q", s.coordinates)
	return 0
}

// place is the nearest entry.
func (s resizing) place(x float64) int {
	var k float64
	switch s.nearest {
	case "round_prefer_floor":
		k = math.Ceil(x - 0.5)
	case "round_prefer_ceil":
		k = math.Floor(x + 0.5)
	case "floor":
		k = math.Floor(x)
	case "ceil":
		k = math.Ceil(x)
	default:
		refuse("nearest_mode %q", s.nearest)
	}
	return int(max(0, min(k, float64(s.n-1))))
}

// weights are those of the entries from floor(x)−before on.
func (s resizing) weights(x float64) (before int, w []float64) {
	t := x - math.Floor(x)
	if s.mode == "linear" {
		return 0, []float64{1 - t, t}
	}
	a := s.cubic
	near := func(t float64) float64 { return ((a+2)*t-(a+3))*t*t + 1 }
	far := func(t float64) float64 { return ((a*t-5*a)*t+8*a)*t - 4*a }
	return 1, []float64{far(1 + t), near(t), near(1 - t), far(2 - t)}
}

// matrix is (m, n): a row for each new entry. missing has 1 for those that lie outside.
func (s resizing) matrix() (rows []float64, missing []float64, any bool) {
	rows, missing = make([]float64, s.m*s.n), make([]float64, s.m)
	for i := range s.m {
		x := s.at(i)
		if s.coordinates == "tf_crop_and_resize" && (x < 0 || x > float64(s.n-1)) {
			missing[i], any = 1, true
			continue
		}
		before, w := s.weights(x)
		total := 0.0
		for j, v := range w {
			k := int(math.Floor(x)) - before + j
			if s.excluded && (k < 0 || k >= s.n) {
				continue
			}
			rows[i*s.n+max(0, min(k, s.n-1))] += v
			total += v
		}
		for k := range s.n {
			rows[i*s.n+k] /= total
		}
	}
	return rows, missing, any
}

// resize reads how many entries axes get: by sizes or by scales.
func resize(c *call) []*Value {
	rank := c.rank(0)
	if c.flag("antialias", 0) {
		refuse("antialias")
	}
	if p := c.text("keep_aspect_ratio_policy", "stretch"); p != "stretch" {
		refuse("keep_aspect_ratio_policy %q", p)
	}
	axes := c.ints("axes")
	if axes == nil {
		axes = count(0, rank)
	}
	base := resizing{
		coordinates: c.text("coordinate_transformation_mode", "half_pixel"), mode: c.text("mode", "nearest"),
		nearest: c.text("nearest_mode", "round_prefer_floor"), cubic: c.float("cubic_coeff_a", -0.75), excluded: c.flag("exclude_outside", 0),
	}
	scalesAt, sizesAt := 2, 3
	if c.version < 11 {
		scalesAt, sizesAt = 1, 4
		base.coordinates, base.nearest = "asymmetric", "floor"
	}
	var scales []float64
	var sizes []entry
	if c.has(sizesAt) && len(c.constantOf(sizesAt).entries) > 0 {
		sizes = c.extents(sizesAt)
	} else {
		scales = c.floats(scalesAt)
	}
	if max(len(scales), len(sizes)) != len(axes) {
		refuse("%d scales or sizes for %d axes: %w", max(len(scales), len(sizes)), len(axes), graph.ErrShape)
	}
	var part []float64
	if base.coordinates == "tf_crop_and_resize" {
		part = c.floats(1)
	}
	v := c.x(0)
	for i, a := range axes {
		s, axis := base, axisOf(a, rank)
		n := v.Shape.Dim(axis)
		if part != nil {
			s.from, s.to = part[i], part[len(axes)+i]
		}
		switch {
		case sizes != nil && sizes[i].extent() == n && part == nil, scales != nil && scales[i] == 1 && part == nil:
			continue
		case sizes != nil && !graph.Symbolic(n) && sizes[i].symbol == 0:
			s.n, s.m, s.scale = n, sizes[i].n, float64(sizes[i].n)/float64(n)
		case scales != nil:
			s.n, s.scale = n, scales[i]
			if !graph.Symbolic(n) {
				s.m = int(math.Floor(float64(n) * scales[i]))
			}
		default:
			refuse("axis %d from %s to %s entries: give those by Dims", axis, graph.ExtentString(n), graph.ExtentString(sizes[i].extent()))
		}
		v = c.resized(v, axis, s)
	}
	return []*Value{v}
}

// upsample is Resize as it was: by scales, from the left.
func upsample(c *call) []*Value {
	var scales []float64
	if c.version >= 9 {
		scales = c.floats(1)
	} else {
		list, _ := attributeOf[[]float32](c, "scales")
		for _, s := range list {
			scales = append(scales, float64(s))
		}
	}
	if len(scales) != c.rank(0) {
		refuse("%d scales for %d axes: %w", len(scales), c.rank(0), graph.ErrShape)
	}
	v := c.x(0)
	for axis, scale := range scales {
		if n := v.Shape.Dim(axis); scale != 1 {
			s := resizing{n: n, scale: scale, coordinates: "asymmetric", mode: c.text("mode", "nearest"), nearest: "floor"}
			if !graph.Symbolic(n) {
				s.m = int(math.Floor(float64(n) * scale))
			}
			v = c.resized(v, axis, s)
		}
	}
	return []*Value{v}
}

// resized is a value with another number of entries on an axis.
func (c *call) resized(v *Value, axis int, s resizing) *Value {
	l, rank := v.layout(), v.Shape.Rank()
	x, at := c.reader.node(v, l), l.axis(axis, rank)
	if repeats := int(s.scale); s.mode == "nearest" && float64(repeats) == s.scale && s.repeats() {
		return valueOf(v.Type, l, repeated(x, at, repeats))
	}
	if graph.Symbolic(s.n) {
		refuse("axis %d of %s entries, by %g: give that by Dims", axis, graph.ExtentString(s.n), s.scale)
	}
	if s.m < 1 || s.m > 1<<20 || s.n*s.m > 1<<26 || s.scale <= 0 {
		refuse("axis %d from %d to %d entries: %w", axis, s.n, s.m, graph.ErrSize)
	}
	if length := float64(s.n) * s.scale; s.coordinates == "align_corners" && math.Abs(length-math.Round(length)) > 1e-4 {
		refuse("align_corners of %g entries: programs differ in whether that is rounded", length)
	}
	switch s.mode {
	case "nearest":
		places := make([]int, s.m)
		for i := range places {
			places[i] = s.place(s.at(i))
		}
		return valueOf(v.Type, l, c.taken(x, at, places))
	case "linear", "cubic":
	default:
		refuse("its mode is %q", s.mode)
	}
	rows, missing, any := s.matrix()
	letters := []byte("abcdefghijklmnopqrstuvw")[:rank]
	out := slices.Clone(letters)
	out[at] = 'x'
	y := ops.Einsum(string(letters)+",x"+string(letters[at])+"->"+string(out), x, c.array([]int{s.m, s.n}, rows))
	if any {
		d := make([]int, rank)
		for i := range d {
			d[i] = 1
		}
		d[at] = s.m
		y = ops.Where(c.array(d, missing), c.number(c.float("extrapolation_value", 0)), y)
	}
	return valueOf(v.Type, l, y)
}

// repeats reports whether the nearest of k times as many entries is each k times, whatever k.
func (s resizing) repeats() bool {
	switch s.coordinates {
	case "asymmetric", "tf_half_pixel_for_nn":
		return s.nearest == "floor"
	case "half_pixel", "pytorch_half_pixel":
		return s.nearest == "round_prefer_floor" || s.nearest == "round_prefer_ceil"
	}
	return false
}

// repeated is x with each entry of an axis k times.
func repeated(x *graph.Node, axis, k int) *graph.Node {
	d := x.Shape().Dims()
	narrow := slices.Insert(slices.Clone(d), axis+1, 1)
	wide := slices.Insert(slices.Clone(d), axis+1, k)
	d[axis] = graph.Times(d[axis], k)
	return ops.Reshape(ops.BroadcastTo(ops.Reshape(x, narrow...), graph.ShapeOf(wide...)), d...)
}
