// Package example is what the examples share: reading a data set, turning it into
// columns, and ending on an error.
package example

import (
	"flag"
	"log"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// Set is the data set that the flags -csv and -columns name.
type Set struct {
	path    *string
	columns *int
}

// Flags declares -csv and -columns. columns is the number of features of the
// bundled breast cancer data to use; 0 is all.
func Flags(columns int) Set {
	log.SetFlags(0)
	return Set{
		flag.String("csv", "", "a CSV file with the label last (default: the bundled breast cancer data)"),
		flag.Int("columns", columns, "use the first so many features, 0 for all (of a file: all)"),
	}
}

// Load reads the data set, after flag.Parse.
func (s Set) Load() *data.Dataset {
	if *s.path != "" {
		return Must(data.Open(*s.path, data.CSV{Task: data.Classification}))
	}
	d := data.BreastCancer()
	if *s.columns == 0 {
		return d
	}
	return Must(d.First(*s.columns))
}

// Columns returns the examples as the columns of x, (n, N), and y, (1, N).
func Columns(d *data.Dataset) (x, y *tensor.Dense) {
	x, y = Zeros(len(d.Features), d.Rows()), Zeros(1, d.Rows())
	Check(d.Gather(x.Float64s(), nil))
	Check(d.GatherY(y.Float64s(), nil))
	return x, y
}

// Feed turns the examples into columns and feeds them.
func Feed(p *graph.Program, x, y *graph.Node, d *data.Dataset) {
	columns, labels := Columns(d)
	Check(p.Feed(x, columns))
	Check(p.Feed(y, labels))
}

// Zeros returns an m×n matrix of zeros.
func Zeros(m, n int) *tensor.Dense {
	return tensor.New(tensor.WithShape(m, n), tensor.Of(tensor.Float64))
}

// Matrix returns a matrix with these entries, row by row.
func Matrix(rows, columns int, v ...float64) *tensor.Dense {
	return graph.Tensor(v, rows, columns)
}

// Values returns the entries of a node's value.
func Values(p *graph.Program, n *graph.Node) []float64 {
	return graph.Values[float64](Must(p.Value(n)))
}

// Accuracy is the part of the labels y, 0 or 1, that equal [a ≥ ½].
func Accuracy(a, y []float64) float64 {
	right := 0
	for i := range a {
		if (a[i] >= 0.5) == (y[i] == 1) {
			right++
		}
	}
	return float64(right) / float64(len(a))
}

// Must returns v, or ends the program.
func Must[T any](v T, err error) T {
	Check(err)
	return v
}

// Check ends the program if there is an error.
func Check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
