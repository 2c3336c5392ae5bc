package data

import (
	"fmt"
	"math"
)

// Augment changes pictures at random, as models.FitOptions.Augment has a training do anew at each step.
// The parts of it that are not 0 act in the order of the fields, each picture by numbers of its own:
//
//	o := models.FitOptions{Augment: data.Augment{Shift: 2, Rotate: 10}}
//
// A picture is read once for all of them, where the changed pixel comes from: between four pixels by their
// distances (bilinear), and by no mean at all if it is only shifted and mirrored.
type Augment struct {
	Crop       float64 // a part with sides of Crop to 1 times those of the picture is scaled up to it, from anywhere within; 0 is none
	Rotate     float64 // by up to so many degrees, to either side
	Mirror     bool    // left and right change places in every other picture
	MirrorRows bool    // so do top and bottom
	Shift      int     // by up to so many whole pixels, up or down and left or right
	Edge       bool    // what comes from past the edge is the pixel at the edge; otherwise it is 0
	Brightness float64 // up to so much is added to or taken from all pixels, which stay between 0 and 1
}

// Check returns an error unless pictures of d can be changed: it wraps ErrFeatures if d has no pictures,
// ErrArgument if the options are not possible, or if Brightness is given and pixels of d are not between 0 and 1.
func (a Augment) Check(d *Dataset) error {
	_, rows, columns, err := d.Extents()
	switch {
	case err != nil:
		return err
	case !(a.Crop >= 0 && a.Crop <= 1):
		return fmt.Errorf("data: Augment: Crop of %g, want 0 to 1: %w", a.Crop, ErrArgument)
	case !(a.Rotate >= 0 && a.Rotate <= 180):
		return fmt.Errorf("data: Augment: Rotate of %g degrees, want 0 to 180: %w", a.Rotate, ErrArgument)
	case a.Shift < 0 || a.Shift >= max(rows, columns):
		return fmt.Errorf("data: Augment: Shift of %d pixels in pictures of %d×%d: %w", a.Shift, rows, columns, ErrArgument)
	case !(a.Brightness >= 0 && a.Brightness <= 1):
		return fmt.Errorf("data: Augment: Brightness of %g, want 0 to 1: %w", a.Brightness, ErrArgument)
	}
	if a.Brightness == 0 {
		return nil
	}
	return d.Pieces(nil, func(from, to int) error {
		for k, x := range d.X[from*len(d.Features) : to*len(d.Features)] {
			if !(x >= 0 && x <= 1) {
				return fmt.Errorf("data: Augment: Brightness where a pixel of %s is %g, want 0 to 1: %w", d.Place(from+k/len(d.Features)), x, ErrArgument)
			}
		}
		return nil
	})
}

// Apply writes a changed copy of the pixels x of a picture of d to dst. uniform returns numbers in [0, 1); Apply takes
// nine of them, whatever the options.
func (a Augment) Apply(d *Dataset, dst, x []float64, uniform func() float64) {
	var u [9]float64
	for i := range u {
		u[i] = uniform()
	}
	h, w := d.Shape[1], d.Shape[2]
	from := a.warp([8]float64(u[:8]), h, w)
	for c := range d.Shape[0] {
		from.read(dst[c*h*w:][:h*w], x[c*h*w:][:h*w])
	}
	if a.Brightness == 0 {
		return
	}
	more := a.Brightness * (2*u[8] - 1)
	for i, v := range dst {
		dst[i] = min(max(v+more, 0), 1)
	}
}

// A warp says where in a picture of h×w pixels those of the changed one come from: pixel (r, c) from
// (y[0]·r + y[1]·c + y[2], x[0]·r + x[1]·c + x[2]).
type warp struct {
	h, w int
	y, x [3]float64
	edge bool
}

// warp draws a warp. It begins with the last change, since it leads from the changed picture to the old one, and
// measures from the middle of the picture.
func (a Augment) warp(u [8]float64, h, w int) warp {
	middleY, middleX := float64(h-1)/2, float64(w-1)/2
	shift := func(u float64) float64 { return math.Floor(u*float64(2*a.Shift+1)) - float64(a.Shift) }
	m := warp{h: h, w: w, edge: a.Edge}
	m.y, m.x = [3]float64{1, 0, -middleY - shift(u[0])}, [3]float64{0, 1, -middleX - shift(u[1])}
	if a.MirrorRows && u[2] < 0.5 {
		m.y = times(-1, m.y)
	}
	if a.Mirror && u[3] < 0.5 {
		m.x = times(-1, m.x)
	}
	if a.Rotate != 0 {
		sin, cos := math.Sincos(a.Rotate * (2*u[4] - 1) * math.Pi / 180)
		m.y, m.x = plus(times(cos, m.y), times(-sin, m.x)), plus(times(sin, m.y), times(cos, m.x))
	}
	if a.Crop != 0 {
		side := a.Crop + float64((1-a.Crop)*u[5])
		m.y, m.x = times(side, m.y), times(side, m.x)
		m.y[2] += float64((1 - side) * float64(h) * (u[6] - 0.5))
		m.x[2] += float64((1 - side) * float64(w) * (u[7] - 0.5))
	}
	m.y[2] += middleY
	m.x[2] += middleX
	return m
}

func times(by float64, v [3]float64) [3]float64 {
	return [3]float64{by * v[0], by * v[1], by * v[2]}
}

func plus(a, b [3]float64) [3]float64 {
	return [3]float64{a[0] + b[0], a[1] + b[1], a[2] + b[2]}
}

// read writes the changed picture of the channel p to dst.
func (m *warp) read(dst, p []float64) {
	for r := range m.h {
		for c := range m.w {
			y := float64(m.y[0]*float64(r)) + float64(m.y[1]*float64(c)) + m.y[2]
			x := float64(m.x[0]*float64(r)) + float64(m.x[1]*float64(c)) + m.x[2]
			top, left := math.Floor(y), math.Floor(x)
			dst[r*m.w+c] = between(y-top, m.pair(p, int(top), int(left), x-left), m.pair(p, int(top)+1, int(left), x-left))
		}
	}
}

// pair returns what is between pixels (r, c) and (r, c+1).
func (m *warp) pair(p []float64, r, c int, part float64) float64 {
	return between(part, m.pixel(p, r, c), m.pixel(p, r, c+1))
}

func (m *warp) pixel(p []float64, r, c int) float64 {
	if uint(r) >= uint(m.h) || uint(c) >= uint(m.w) {
		if !m.edge {
			return 0
		}
		r, c = min(max(r, 0), m.h-1), min(max(c, 0), m.w-1)
	}
	return p[r*m.w+c]
}

// between returns what is a part of the way from a to b; of 0 it is a, and of 1 it is b.
func between(part, a, b float64) float64 { return float64((1-part)*a) + float64(part*b) }
