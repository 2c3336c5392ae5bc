package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// The sizes of a sheet, in points.
const (
	pictureSide = 64 // the longer side of a picture
	captionSize = 9
	captionStep = 11
	sheetGap    = 10
	sheetHead   = 40 // for the title and the key
	sheetMargin = 16
)

// The bounds of a sheet.
const (
	mostTiles  = 400
	mostPixels = 1 << 22
)

// A tile is some pictures side by side, and lines of text below them.
type tile struct {
	pictures []picture
	caption  []string
}

// A picture has a colour for each pixel, and a frame if white is its ground.
type picture struct {
	at     func(row, column int) color.NRGBA
	framed bool
}

// sheet draws tiles of pictures with h×w pixels in rows of about the golden ratio.
func sheet(title, key string, h, w int, tiles []tile) (*Figure, error) {
	if len(tiles) == 0 {
		return nil, fmt.Errorf("plot: %s: no pictures: %w", title, ErrEmpty)
	}
	pictures, lines, letters := 0, 0, 0
	for _, t := range tiles {
		pictures = max(pictures, len(t.pictures))
		lines = max(lines, len(t.caption))
		for _, line := range t.caption {
			letters = max(letters, len([]rune(line)))
		}
	}
	if n := len(tiles) * pictures; n > mostTiles || h > mostPixels/(w*n) {
		return nil, fmt.Errorf("plot: %s: %d pictures of %d×%d pixels, more than %d, or %d pixels: %w", title, n, h, w, mostTiles, mostPixels, ErrSize)
	}
	scale := pictureSide / float64(max(h, w))
	high, wide := scale*float64(h), scale*float64(w)
	all := float64(pictures)*(wide+2) - 2
	stepX := max(all, min(float64(letters)*captionSize*0.55, 100)) + sheetGap
	stepY := high + float64(lines*captionStep) + sheetGap
	across := min(len(tiles), max(1, int(math.Round(math.Sqrt(1.6*float64(len(tiles))*stepY/stepX)))))
	down := (len(tiles) + across - 1) / across
	if width := float64(across) * stepX; width < 280 { // as much as the title takes
		stepX *= 280 / width
	}

	p := canvas(title, key, "")
	p.HideAxes()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(across)*stepX, 0, float64(down)*stepY
	var at plotter.XYs
	var texts []string
	for i, t := range tiles {
		middle, top := (float64(i%across)+0.5)*stepX, float64(down-i/across)*stepY
		for k, pixels := range t.pictures {
			left := middle - all/2 + float64(k)*(wide+2)
			p.Add(plotter.NewImage(enlarged(pixels, h, w), left, top-high, left+wide, top))
		}
		for k, line := range t.caption {
			at = append(at, plotter.XY{X: middle, Y: top - high - (float64(k)+0.55)*captionStep})
			texts = append(texts, shorten(line, max(3, int((stepX-sheetGap)/(captionSize*0.55)))))
		}
	}
	p.Add(labels(at, texts, captionSize, func(int) color.Color { return ink }))
	f := figure(title, p)
	f.width, f.height = vg.Length(p.X.Max+sheetMargin), vg.Length(p.Y.Max+sheetHead)
	if key != "" {
		f.height += captionStep
	}
	return f, nil
}

// enlarged returns a picture with so many pixels for each of its own that edges stay sharp.
func enlarged(p picture, h, w int) image.Image {
	n := max(1, 3*pictureSide/max(h, w))
	img := image.NewNRGBA(image.Rect(0, 0, n*w, n*h))
	for y := range n * h {
		for x := range n * w {
			img.SetNRGBA(x, y, p.at(y/n, x/n))
		}
	}
	if p.framed {
		frame(img, img.Bounds())
	}
	return img
}

// signed returns the picture of numbers that are white at 0, blue below and vermillion above.
func signed(v []float64, w int, largest float64) picture {
	return picture{func(r, c int) color.NRGBA { return diverging(v[r*w+c], largest) }, true}
}

// photo returns the picture of pixels of one channel, or of red, green and blue, that are black at low and white at high.
func photo(x []float64, channels, h, w int, low, high float64) picture {
	level := func(v float64) uint8 { return uint8(math.Round(255 * (v - low) / (high - low))) }
	return picture{at: func(r, c int) color.NRGBA {
		var rgb [3]uint8
		for k := range rgb {
			rgb[k] = level(x[(k%channels*h+r)*w+c])
		}
		return color.NRGBA{rgb[0], rgb[1], rgb[2], 0xff}
	}}
}

// shades returns what is black and what is white: 0 and 1, or as much beyond as the pixels are.
func shades(x []float64) (low, high float64) {
	low, high = 0, 1
	for _, v := range x {
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// most returns the largest of the absolute values, and an error if one cannot be drawn.
func most(what string, v []float64) (largest float64, err error) {
	for i, x := range v {
		if err := finite(what, i, x); err != nil {
			return 0, err
		}
		largest = max(largest, math.Abs(x))
	}
	return largest, nil
}
