package optest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"adjoint/graph"
)

// A cost is J as a function of the entries of w, and how far rounding moves it there.
type cost struct {
	at    func(w []float64) (float64, error)
	noise func(w []float64) (float64, error)
}

// costOf returns J as a function of w, whose entries are start, as the formula is
// written. Where that has no value at w, as the logarithm of a σ(z) that rounds to
// 0, J is what a Program computes, and note says so.
func (l *literal) costOf(o GradientOptions, j, w *graph.Node, start []float64) (c cost, note string, err error) {
	f, err := l.function(j, w)
	if err != nil {
		return cost{}, "", err
	}
	c.at = func(v []float64) (float64, error) {
		y, err := f.at(v)
		if err != nil {
			return 0, err
		}
		return y[0], nil
	}
	switch v, err := c.at(start); {
	case err != nil:
		return cost{}, "", err
	case isFinite(v):
		c.noise = func(v []float64) (float64, error) {
			moved, err := f.rounding(0x1p-52, v)
			if err != nil {
				return 0, err
			}
			return moved[0], nil
		}
		return c, "", nil
	case w.Op() != nil:
		return cost{}, fmt.Sprintf("none, since %s as it is written is %g here", costName(j), v), nil
	default:
		note = fmt.Sprintf("of the stable form that the engine computes, since %s as it is written is %g here", costName(j), v)
		c, err := o.compiledCost(j, w, start)
		return c, note, err
	}
}

// compiledCost returns J as a Program computes it, as a function of a leaf.
func (o GradientOptions) compiledCost(j, w *graph.Node, start []float64) (cost, error) {
	p, err := o.program(j)
	if err != nil {
		return cost{}, err
	}
	at := func(v []float64) (float64, error) {
		if w.Kind() == graph.Input {
			err = p.Feed(w, dense(w.Graph().Dtype(), graph.ShapeOf(o.Feeds[w].Shape()...), v))
		} else {
			write(w.Value(), v)
			defer write(w.Value(), start)
		}
		if err != nil {
			return 0, err
		}
		if err := p.Run(); err != nil {
			return 0, err
		}
		y, err := p.Value(j)
		if err != nil {
			return 0, err
		}
		return numbers(y)[0], nil
	}
	noise := func(v []float64) (float64, error) {
		y, err := at(v)
		return 4 * epsilon(w.Graph().Dtype()) * math.Abs(y), err
	}
	return cost{at, noise}, nil
}

// differences is the column of derivatives of J by single entries of w, by central
// differences. Of a w with many entries some are tried. size is what an error of
// an entry d is relative to.
func (l *literal) differences(o GradientOptions, j, w *graph.Node, size func(d float64) float64) (column, error) {
	const most = 200
	value, err := l.value(w)
	if err != nil {
		return column{}, err
	}
	start := numbers(value)
	n := len(start)
	c := column{name: "differences", entries: filled(n, math.NaN()), missing: slices.Repeat([]bool{true}, n),
		slack: make([]float64, n), text: make([]string, n), tolerance: o.DifferenceTolerance}
	f, note, err := l.costOf(o, j, w, start)
	c.note = note
	if err != nil || f.at == nil {
		return c, err
	}
	enough := func(d float64) float64 { return o.DifferenceTolerance * size(d) }
	for i := 0; i < n; i += (n + most - 1) / most {
		s, err := f.slope(start, i, o.Step, enough)
		switch {
		case errors.Is(err, graph.ErrValue):
			c.note = fmt.Sprintf("not of entries that cannot be moved: %v", err)
			continue
		case err != nil:
			return c, err
		case !isFinite(s.value):
			c.note = fmt.Sprintf("not of entries next to which %s is not finite", costName(j))
			continue
		}
		c.entries[i], c.missing[i], c.slack[i] = s.value, false, s.uncertain
		switch {
		case s.kink:
			c.text[i] = fmt.Sprintf("%.6g…%.6g", s.left, s.right)
			c.kinks = append(c.kinks, i)
		case s.uncertain > enough(s.value):
			c.text[i] = fmt.Sprintf("%.6g±%.1g", s.value, s.uncertain)
		}
	}
	return c, nil
}

// A partial is the derivative of J by one entry. At a kink it is anything from the
// slope on the left to that on the right.
type partial struct {
	value, uncertain float64
	kink             bool
	left, right      float64
}

// steps are the largest steps of differences that are tried, relative to max(1,
// |entry|): the first is small enough for most curves and large enough for most
// rounding errors; then larger ones, for a derivative that is small beside J, and
// smaller ones, for a kink or the end of the domain nearby.
var steps = []float64{0x1p-10, 0x1p-6, 0x1p-3, 2, 0x1p-14, 0x1p-18, 0x1p-24}

// slope returns the derivative of J by entry i, with the step that makes it most
// certain; the first that is certain enough will do. An estimate that contradicts
// the ones before does not count: a larger step may go over a kink, and see another
// line. h is a step of the caller's choice, or 0.
func (f cost) slope(start []float64, i int, h float64, enough func(d float64) float64) (partial, error) {
	moved, scale := slices.Clone(start), math.Max(1, math.Abs(start[i]))
	along := func(f func(w []float64) (float64, error)) func(step float64) ([]float64, error) {
		return func(step float64) ([]float64, error) {
			moved[i] = start[i] + step
			v, err := f(moved)
			return []float64{v}, err
		}
	}
	at, noise := along(f.at), along(f.noise)
	tried, best := steps, partial{value: math.NaN(), uncertain: math.Inf(1)}
	if h > 0 {
		tried, scale = []float64{h}, 1
	} else {
		var err error
		best, err = sides(at, noise, scale)
		switch {
		case best.kink || err != nil:
			return best, err
		case !isFinite(best.value):
			best.uncertain = math.Inf(1)
		}
	}
	for _, h := range tried {
		s, err := differences(at, h*scale)
		if err != nil {
			return partial{}, err
		}
		rounding, err := noise(h * scale)
		if err != nil {
			return partial{}, err
		}
		u := s.err[0] + 4*rounding[0]/(h*scale)
		if u < best.uncertain && !(math.Abs(s.value[0]-best.value) > u+best.uncertain) {
			best = partial{value: s.value[0], uncertain: u}
		}
		if best.uncertain <= enough(best.value) {
			break
		}
	}
	return best, nil
}

// sides compares the slopes on both sides, by a step so small that few kinks are
// nearer. It is a kink if they stay apart as the step shrinks.
func sides(at, noise func(step float64) ([]float64, error), scale float64) (partial, error) {
	var gaps [2]float64
	var p partial
	for k, h := range []float64{0x1p-16 * scale, 0x1p-18 * scale} {
		var v [5]float64 // at −h, −h/2, 0, h/2, h
		rounding, err := noise(h)
		if err != nil {
			return partial{}, err
		}
		for m := range v {
			y, err := at(float64(m-2) * h / 2)
			if err != nil {
				return partial{}, err
			}
			v[m] = y[0]
		}
		// One-sided differences, extrapolated to step 0.
		left, right, uncertain := (3*v[2]-4*v[1]+v[0])/h, (4*v[3]-3*v[2]-v[4])/h, 16*rounding[0]/h
		gaps[k] = math.Abs(right - left)
		p = partial{value: (left + right) / 2, uncertain: math.Abs(v[4]-2*v[2]+v[0])/h + gaps[k] + uncertain, left: left, right: right}
		p.kink = gaps[k] > 1e-3*math.Max(math.Abs(left), math.Abs(right))+4*uncertain
	}
	if p.kink = p.kink && gaps[0] < 2*gaps[1]; p.kink {
		p.uncertain = gaps[1] / 2
	}
	return p, nil
}

// costName is how J is called in messages.
func costName(j *graph.Node) string {
	if j.Name() != "" {
		return j.Name()
	}
	return "J"
}

// program compiles outputs and feeds the inputs.
func (o GradientOptions) program(outputs ...*graph.Node) (*graph.Program, error) {
	p, err := graph.Compile(outputs...)
	if err != nil {
		return nil, err
	}
	for x, v := range o.Feeds {
		if err := p.Feed(x, v); err != nil {
			return nil, err
		}
	}
	return p, nil
}
