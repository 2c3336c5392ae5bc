package play

import (
	"fmt"
	"math"
	"strings"

	"adjoint/data"
)

// An Examples is the rows that a network learns from.
type Examples struct {
	X        [][]float64 `json:"x"` // as the network reads them: standardised, but for the switch that leaves that out
	Y        []int       `json:"y"` // classes, from 0
	Features []string    `json:"features"`
	Classes  []string    `json:"classes"`
}

// load makes or reads the rows of a Config.
func load(c Config) (*Examples, error) {
	d, err := dataset(c)
	if err != nil {
		return nil, err
	}
	if d.Rows() > mostRows {
		return nil, fmt.Errorf("there are %d rows; the page shows %d at most", d.Rows(), mostRows)
	}
	if len(d.Classes) < 2 {
		return nil, fmt.Errorf("all rows are of one class: there is nothing to tell apart")
	}
	if c.Break != "scale" {
		s, err := data.FitScaler(d)
		if err != nil {
			return nil, err
		}
		if d, err = s.Transform(d); err != nil {
			return nil, err
		}
	}
	e := &Examples{Features: d.Features, Classes: d.Classes}
	n := len(d.Features)
	for i := range d.Rows() {
		x := append([]float64(nil), d.X[i*n:(i+1)*n]...)
		if c.Break == "scale" {
			x[0] *= 100 // metres in centimetres
		}
		e.X = append(e.X, x)
		e.Y = append(e.Y, int(d.Y[i]))
	}
	return e, nil
}

func dataset(c Config) (*data.Dataset, error) {
	switch c.Data {
	case "moons":
		return data.Moons(c.Rows, 0.15, c.Seed)
	case "rings":
		return data.Rings(c.Rows, 0.5, 0.08, c.Seed)
	case "blobs":
		return data.Blobs(c.Rows, data.Centers(3, 2, c.Seed), 1, c.Seed)
	case "iris":
		return data.Iris(), nil
	case "csv":
		return table(c.CSV)
	}
	var x [][]float64
	var y []float64
	for i, p := range c.Points {
		if math.IsNaN(p.X[0]+p.X[1]) || math.IsInf(p.X[0]+p.X[1], 0) || p.Class < 0 || p.Class > 1 {
			return nil, fmt.Errorf("point %d: %v of class %d", i, p.X, p.Class)
		}
		x, y = append(x, p.X[:]), append(y, float64(p.Class))
	}
	if len(x) < 4 {
		return nil, fmt.Errorf("click at least four points, of both classes")
	}
	return data.New(x, y, data.Classification)
}

// table reads a table of numbers, of which the last column is the class.
func table(text string) (*data.Dataset, error) {
	d, err := data.ReadCSV(strings.NewReader(text), data.CSV{Source: "the table", Task: data.Classification})
	if err != nil {
		return nil, err
	}
	for i, levels := range d.Levels {
		if len(levels) > 0 {
			return nil, fmt.Errorf("the table: column %q has the text %q; the page takes numbers", d.Features[i], levels[0])
		}
	}
	return d, nil
}
