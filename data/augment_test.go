package data_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/data"
)

// picture is one of 3×4 pixels of one channel, with the values 0.01, 0.02, …
func picture() *data.Dataset {
	d := &data.Dataset{Features: data.Names(12), Shape: []int{1, 3, 4}}
	for i := range 12 {
		d.X = append(d.X, float64(i+1)/100)
	}
	return d
}

// augmented returns what the changes make of a picture with these numbers, in hundredths.
func augmented(d *data.Dataset, a data.Augment, numbers ...float64) []float64 {
	next := 0
	dst := make([]float64, len(d.X))
	a.Apply(d, dst, d.X, func() float64 { next++; return numbers[next-1] })
	for i := range dst {
		dst[i] = math.Round(1e10*dst[i]) / 1e8
	}
	return dst
}

// Each change by numbers that were worked out by hand. Nine numbers are taken: of the shift down and right, the mirrors, the angle,
// the size and the place of the part, and the brightness; half of what there is changes nothing, and for mirrors 0.
func TestAugment(t *testing.T) {
	same := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	for name, c := range map[string]struct {
		a    data.Augment
		u    [9]float64
		want []float64
	}{
		"nothing":              {data.Augment{}, [9]float64{}, same},
		"one down, two left":   {data.Augment{Shift: 2}, [9]float64{0.7, 0.1}, []float64{0, 0, 0, 0, 3, 4, 0, 0, 7, 8, 0, 0}},
		"the same, edges":      {data.Augment{Shift: 2, Edge: true}, [9]float64{0.7, 0.1}, []float64{3, 4, 4, 4, 3, 4, 4, 4, 7, 8, 8, 8}},
		"shifted by no pixel":  {data.Augment{Shift: 2}, [9]float64{0.4, 0.59}, same},
		"left and right":       {data.Augment{Mirror: true}, [9]float64{3: 0.49}, []float64{4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9}},
		"not this time":        {data.Augment{Mirror: true, MirrorRows: true}, [9]float64{2: 0.5, 3: 0.5}, same},
		"top and bottom":       {data.Augment{MirrorRows: true}, [9]float64{2: 0.1}, []float64{9, 10, 11, 12, 5, 6, 7, 8, 1, 2, 3, 4}},
		"mirrored, then right": {data.Augment{Mirror: true, Shift: 1}, [9]float64{0.5, 0.9}, []float64{0, 4, 3, 2, 0, 8, 7, 6, 0, 12, 11, 10}},
		"half a turn":          {data.Augment{Rotate: 180}, [9]float64{4: 0}, []float64{12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
		// The middle half, twice as large: pixel 0 has its middle at ¼ of a pixel from the middle of the part.
		"the middle": {data.Augment{Crop: 0.5}, [9]float64{6: 0.5, 7: 0.5}, []float64{3.75, 4.25, 4.75, 5.25, 5.75, 6.25, 6.75, 7.25, 7.75, 8.25, 8.75, 9.25}},
		"a corner":   {data.Augment{Crop: 0.5, Edge: true}, [9]float64{6: 0, 7: 0}, []float64{1, 1.25, 1.75, 2.25, 2, 2.25, 2.75, 3.25, 4, 4.25, 4.75, 5.25}},
		"all of it":  {data.Augment{Crop: 0.5}, [9]float64{5: 1, 6: 0, 7: 0}, same},
		"brighter":   {data.Augment{Brightness: 0.5}, [9]float64{8: 0.52}, []float64{3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}},
		"darker":     {data.Augment{Brightness: 0.2}, [9]float64{8: 0.25}, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2}},
		"white":      {data.Augment{Brightness: 1}, [9]float64{8: 1}, []float64{100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100}},
	} {
		if got := augmented(picture(), c.a, c.u[:]...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A quarter of a turn of a square leads row to column, to one side and the other.
func TestAugmentTurns(t *testing.T) {
	d := &data.Dataset{X: []float64{0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08}, Features: data.Names(8), Shape: []int{2, 2, 2}}
	quarter := data.Augment{Rotate: 90, Edge: true}
	left, right := []float64{2, 4, 1, 3, 6, 8, 5, 7}, []float64{3, 1, 4, 2, 7, 5, 8, 6}
	if got := augmented(d, quarter, 0, 0, 0, 0, 0, 0, 0, 0, 0); !slices.Equal(got, left) {
		t.Errorf("%v, want %v", got, left)
	}
	if got := augmented(d, quarter, 0, 0, 0, 0, 1, 0, 0, 0, 0); !slices.Equal(got, right) {
		t.Errorf("%v, want %v", got, right)
	}
}

func TestAugmentRefuses(t *testing.T) {
	flat, bright := picture(), picture()
	flat.Shape, bright.X[7] = nil, 16
	for name, c := range map[string]struct {
		a    data.Augment
		d    *data.Dataset
		want error
	}{
		"no pictures":  {data.Augment{}, flat, data.ErrFeatures},
		"another size": {data.Augment{}, &data.Dataset{Features: data.Names(12), Shape: []int{1, 3, 5}}, data.ErrFeatures},
		"an overflow":  {data.Augment{}, &data.Dataset{Features: data.Names(4), Shape: []int{math.MaxInt, math.MaxInt, 1}}, data.ErrFeatures},
		"crop":         {data.Augment{Crop: 1.5}, picture(), data.ErrArgument},
		"no number":    {data.Augment{Crop: math.NaN()}, picture(), data.ErrArgument},
		"degrees":      {data.Augment{Rotate: 181}, picture(), data.ErrArgument},
		"shift":        {data.Augment{Shift: 4}, picture(), data.ErrArgument},
		"brightness":   {data.Augment{Brightness: -1}, picture(), data.ErrArgument},
		"0 to 16":      {data.Augment{Brightness: 0.1}, bright, data.ErrArgument},
	} {
		if err := c.a.Check(c.d); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want one that wraps %q", name, err, c.want)
		}
	}
	if err := (data.Augment{Crop: 0.8, Rotate: 10, Shift: 1}).Check(bright); err != nil {
		t.Error(err)
	}
}
