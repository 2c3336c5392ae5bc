package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"adjoint/graph"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gorgonia.org/tensor"
)

// pixelSize is the number of pixels along the side of a weight. It is large, so that
// edges stay sharp when the image is scaled.
const pixelSize = 12

// mostWeights bounds the memory of the image, to about 40 MB.
const mostWeights = 1 << 16

// Weights draws each row of w, the weights of one unit, as an image of height×width
// weights, row by row. With 8×8 it shows what the units of the first layer look for in
// the pictures of data.Digits. White is 0, blue is negative and vermillion is positive,
// on one scale for all units. w has shape (units, height·width), as the value of one of a
// models.Formula's Params, and is of float64 or float32.
//
// The error wraps ErrShape if w has another shape or type, ErrSize for more than 65 536
// weights, and ErrNotFinite if one is NaN or infinite.
func Weights(w *tensor.Dense, height, width int) (*Figure, error) {
	if w == nil {
		return nil, fmt.Errorf("plot: no weights: %w", ErrEmpty)
	}
	units, values, err := rows(w, height, width)
	if err != nil {
		return nil, err
	}
	if len(values) > mostWeights {
		return nil, fmt.Errorf("plot: %d weights, more than %d: %w", len(values), mostWeights, ErrSize)
	}
	largest := 0.0
	for i, v := range values {
		if err := finite("weight", i, v); err != nil {
			return nil, err
		}
		largest = max(largest, math.Abs(v))
	}

	across := int(math.Ceil(math.Sqrt(1.5 * float64(units))))
	down := (units + across - 1) / across
	img := tiles(values, units, across, down, height, width, largest)
	p := canvas(fmt.Sprintf("Weights of %d units, %d×%d each", units, height, width),
		fmt.Sprintf("blue −%.3g   white 0   vermillion +%.3g", largest, largest), "")
	bounds := img.Bounds()
	p.Add(plotter.NewImage(img, 0, 0, float64(bounds.Dx()), float64(bounds.Dy())))
	p.HideAxes()
	f := figure("Weights of a layer", p)
	f.height = min(2*plotWidth, f.width*vg.Length(bounds.Dy())/vg.Length(bounds.Dx())+50)
	return f, nil
}

// rows returns the values of a matrix with height·width columns.
func rows(w *tensor.Dense, height, width int) (units int, values []float64, err error) {
	if height < 1 || width < 1 || w.Dims() != 2 || w.Shape()[0] < 1 || w.Shape()[1]%height != 0 || w.Shape()[1]/height != width {
		return 0, nil, fmt.Errorf("plot: weights of shape %v as images of %d×%d: %w", w.Shape(), height, width, ErrShape)
	}
	if w.Dtype() != tensor.Float64 && w.Dtype() != tensor.Float32 {
		return 0, nil, fmt.Errorf("plot: weights of type %v, not floats: %w", w.Dtype(), ErrShape)
	}
	return w.Shape()[0], graph.Values[float64](w), nil
}

// tiles returns the images of the units in a grid, with a gap between them.
func tiles(values []float64, units, across, down, height, width int, largest float64) image.Image {
	const gap = pixelSize / 2
	stepX, stepY := width*pixelSize+gap, height*pixelSize+gap
	img := image.NewNRGBA(image.Rect(0, 0, across*stepX-gap, down*stepY-gap))
	for u := range units {
		left, top := u%across*stepX, u/across*stepY
		for i := range height * width {
			shade := diverging(values[u*height*width+i], largest)
			x, y := left+i%width*pixelSize, top+i/width*pixelSize
			for dy := range pixelSize {
				for dx := range pixelSize {
					img.SetNRGBA(x+dx, y+dy, shade)
				}
			}
		}
		frame(img, image.Rect(left, top, left+width*pixelSize, top+height*pixelSize))
	}
	return img
}

func diverging(v, largest float64) color.NRGBA {
	switch {
	case v < 0:
		return blend(palette[0], -v/largest)
	case v > 0:
		return blend(palette[1], v/largest)
	}
	return blend(palette[0], 0)
}

// frame draws the edge of a tile.
func frame(img *image.NRGBA, r image.Rectangle) {
	for x := r.Min.X; x < r.Max.X; x++ {
		img.SetNRGBA(x, r.Min.Y, grey)
		img.SetNRGBA(x, r.Max.Y-1, grey)
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		img.SetNRGBA(r.Min.X, y, grey)
		img.SetNRGBA(r.Max.X-1, y, grey)
	}
}
