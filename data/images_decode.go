package data

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

type point = image.Point

// A pictureFormat is a way to write pictures, which its first bytes tell.
type pictureFormat struct {
	begin  string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var pictureFormats = []pictureFormat{
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
}

// Row returns the pixels of one picture in PNG or JPEG, as those of the training pictures: Height and Width have to be given. It
// is meant for a picture that a model is asked about. The error wraps ErrImage, ErrLimit or ErrArgument.
func (o Images) Row(file []byte) ([]float64, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Height == 0 || o.Width == 0 {
		return nil, fmt.Errorf("data: a picture of %d×%d; give Height and Width: %w", o.Height, o.Width, ErrArgument)
	}
	row := make([]float64, o.channels()*o.Height*o.Width)
	return row, sizedImages{o, o.Height, o.Width, true}.decode(row, bytes.NewReader(file))
}

// head finds out the format of a picture and its extents, and refuses one that is too large.
func (o Images) head(r io.Reader) (f pictureFormat, size point, err error) {
	in := bufio.NewReader(r)
	start, err := in.Peek(8)
	if err != nil && err != io.EOF {
		return f, size, err
	}
	for _, f = range pictureFormats {
		if !begins(f.begin)(start) {
			continue
		}
		c, err := f.config(in)
		switch {
		case err != nil:
			return f, size, fmt.Errorf("%w: %w", err, ErrImage)
		case c.Width < 1 || c.Height < 1:
			return f, size, fmt.Errorf("%d×%d pixels: %w", c.Height, c.Width, ErrImage)
		case c.Height > o.pixels()/c.Width:
			return f, size, fmt.Errorf("%d×%d pixels, more than %d; see Images.Pixels: %w", c.Height, c.Width, o.pixels(), ErrLimit)
		}
		return f, point{X: c.Width, Y: c.Height}, nil
	}
	return f, size, fmt.Errorf("neither PNG nor JPEG, it begins with % x: %w", start, ErrImage)
}

// sizedImages are Images of known extents.
type sizedImages struct {
	Images
	height, width int
	anySize       bool // pictures may have other extents, and are scaled
}

// fill decodes the pictures of the files into x. Goroutines take files in order, so that the error is that of the first
// file that has one.
func (o sizedImages) fill(x []float64, files []string) error {
	n := len(x) / len(files)
	errs := make([]error, len(files))
	var next atomic.Int64
	var failed atomic.Bool
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		all.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				if errs[i] = o.open(x[i*n:(i+1)*n], files[i]); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// open decodes the picture in a file into row.
func (o sizedImages) open(row []float64, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	if err := o.decode(row, f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// decode decodes a picture into row.
func (o sizedImages) decode(row []float64, r io.ReadSeeker) error {
	format, size, err := o.head(r)
	if err != nil {
		return err
	}
	if !o.anySize && size != (point{X: o.width, Y: o.height}) {
		return fmt.Errorf("%d×%d pixels where the first has %d×%d; give Images.Height and Width: %w", size.Y, size.X, o.height, o.width, ErrImage)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	picture, err := format.decode(bufio.NewReader(r))
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrImage)
	}
	o.scale(row, picture)
	return nil
}

// scale writes the picture, scaled, to row. Of the picture itself it holds one line at a time.
func (o sizedImages) scale(row []float64, picture image.Image) {
	bounds := picture.Bounds()
	across, down := triangles(bounds.Dx(), o.width), triangles(bounds.Dy(), o.height)
	at, first, narrow := pixelsOf(picture), 0, make([]float64, o.width)
	line := make([][]float64, o.channels())
	for c := range line {
		line[c] = make([]float64, bounds.Dx())
	}
	clear(row)
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			rgb := at(bounds.Min.X+x, bounds.Min.Y+y)
			if o.Grey {
				// By differences, so that grey stays what it is.
				rgb[0] = rgb[2] + float64(0.299*(rgb[0]-rgb[2])) + float64(0.587*(rgb[1]-rgb[2]))
			}
			for c := range line {
				line[c][x] = rgb[c]
			}
		}
		for first < o.height && down[first].end() <= y {
			first++
		}
		for c, wide := range line {
			for x, t := range across {
				narrow[x] = t.of(wide)
			}
			for i := first; i < o.height && down[i].from <= y; i++ {
				w, to := down[i].weights[y-down[i].from], row[(c*o.height+i)*o.width:]
				for x, v := range narrow {
					to[x] += float64(w * v)
				}
			}
		}
	}
}

// A triangle is the pixels of a line that one pixel of the scaled line is the mean of, and their weights, which add up to 1.
type triangle struct {
	from    int
	weights []float64
}

func (t triangle) end() int { return t.from + len(t.weights) }

func (t triangle) of(line []float64) float64 {
	sum := 0.0
	for k, w := range t.weights {
		sum += float64(w * line[t.from+k])
	}
	return sum
}

// triangles returns how a line of so many pixels is scaled: pixel i of the new line has its centre at c = (i + ½)·from/to of the
// old one, and takes pixel j with a weight max(0, 1 − |j + ½ − c|/s), where s is from/to, and 1 where that is less.
func triangles(from, to int) []triangle {
	ratio := float64(from) / float64(to)
	s := max(ratio, 1)
	list := make([]triangle, to)
	for i := range list {
		c, t, sum := (float64(i)+0.5)*ratio, &list[i], 0.0
		for j := max(0, int(c-s-1)); j < min(from, int(c+s)+2); j++ {
			far := float64(j) + 0.5 - c
			if w := 1 - max(far, -far)/s; w > 0 {
				if t.weights == nil {
					t.from = j
				}
				t.weights = append(t.weights, w)
				sum += w
			}
		}
		for k := range t.weights {
			t.weights[k] /= sum
		}
	}
	return list
}

// pixelsOf returns a function that returns red, green and blue of a pixel, between 0 and 1.
func pixelsOf(picture image.Image) func(x, y int) [3]float64 {
	of8 := func(r, g, b uint8) [3]float64 {
		return [3]float64{float64(r) / 255, float64(g) / 255, float64(b) / 255}
	}
	switch p := picture.(type) {
	case *image.Gray:
		return func(x, y int) [3]float64 { v := p.GrayAt(x, y).Y; return of8(v, v, v) }
	case *image.YCbCr:
		return func(x, y int) [3]float64 { c := p.YCbCrAt(x, y); return of8(color.YCbCrToRGB(c.Y, c.Cb, c.Cr)) }
	case *image.RGBA: // what image/png makes of pictures without transparency
		if p.Opaque() {
			return func(x, y int) [3]float64 { c := p.RGBAAt(x, y); return of8(c.R, c.G, c.B) }
		}
	case *image.Paletted:
		colours := make([][3]float64, len(p.Palette))
		for i, c := range p.Palette {
			colours[i] = rgbOf(c)
		}
		return func(x, y int) [3]float64 { return colours[p.ColorIndexAt(x, y)] }
	case *image.NRGBA:
		return func(x, y int) [3]float64 { c := p.NRGBAAt(x, y); return of8(c.R, c.G, c.B) }
	}
	return func(x, y int) [3]float64 { return rgbOf(picture.At(x, y)) }
}

// rgbOf returns red, green and blue of a colour, without its transparency.
func rgbOf(c color.Color) [3]float64 {
	v := color.NRGBA64Model.Convert(c).(color.NRGBA64)
	return [3]float64{float64(v.R) / 65535, float64(v.G) / 65535, float64(v.B) / 65535}
}
