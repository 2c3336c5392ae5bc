// Package kept holds the examples to it that their formulas go through a file. TestExamples puts
// its functions around what they compile, minimise, trace and fit. Each ends the program unless
// the formula, written and read, has the same bits: its value, its gradient, and the Hessian
// applied to a vector.
package kept

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"math"
	"os"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/graphio"
	"adjoint/models"

	"gorgonia.org/tensor"
)

type node = graph.Node

// Nodes returns what graph.Compile is given.
func Nodes(y ...*node) []*node {
	check(y...)
	return y
}

// Node returns what optim.Minimize or draw.Trace is given.
func Node(y *node) *node { return Nodes(y)[0] }

// Fit is m.Fit.
func Fit[M interface {
	Fit(context.Context, *data.Dataset, models.FitOptions) (*models.History, error)
	Formula() (*models.Formula, error)
}](m M, ctx context.Context, d *data.Dataset, o models.FitOptions) (*models.History, error) {
	h, err := m.Fit(ctx, d, o)
	check(must(m.Formula()).Cost)
	return h, err
}

// check ends the program unless nodes, and the derivatives of those that are scalars, have the
// same bits after a file.
func check(y ...*node) {
	y = graph.InTraining(y...)
	roles := map[string][]*node{"values": y, "params": graph.Params(y...)}
	roles["derivatives"] = derivatives(roles)
	want := must(bits(roles))
	var file bytes.Buffer
	if err := graphio.Write(&file, roles); err != nil {
		log.Fatal(err)
	}
	read := must(graphio.Read(&file))
	kept := must(bits(read))
	read["derivatives"] = derivatives(read)
	if anew := must(bits(read)); kept != want || anew != want {
		log.Fatalf("%v has other bits after a file, or other derivatives", y)
	}
	fmt.Fprintf(os.Stderr, "kept: %d nodes\n", len(graph.Cone(y...)))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// derivatives are the gradient of each scalar with respect to the parameters, and its Hessian
// applied to a vector.
func derivatives(roles map[string][]*node) (list []*node) {
	params := roles["params"]
	for _, j := range roles["values"] {
		if j.Shape().Rank() > 0 || len(params) == 0 {
			continue
		}
		v := make([]*node, len(params))
		for i, p := range params {
			v[i] = j.Graph().Const(1/float64(i+3), p.Shape().Dims()...)
		}
		list = append(append(list, graph.Gradient(j, params...)...), graph.HVP(j, params, v)...)
	}
	return list
}

// bits is a digest of the values and the derivatives, where the leaves that are fed have entries
// of 0 and 1: these may be labels, places in a table, and draws.
func bits(roles map[string][]*node) (string, error) {
	y := slices.Concat(roles["values"], roles["derivatives"])
	p, err := graph.Compile(y...)
	if err != nil {
		return "", err
	}
	for _, x := range graph.Cone(y...) {
		if x.Kind() != graph.Input && x.Kind() != graph.Random {
			continue
		}
		if err := p.Feed(x, zerosAndOnes(x)); err != nil {
			return "", err
		}
	}
	if err := p.Run(); err != nil {
		return "", err
	}
	digest := sha256.New()
	for _, n := range y {
		v, err := p.Value(n)
		if err != nil {
			return "", err
		}
		for _, x := range graph.Values[float64](v) {
			fmt.Fprintf(digest, "%x ", math.Float64bits(x))
		}
	}
	return string(digest.Sum(nil)), nil
}

// zerosAndOnes is a value of a leaf, of three examples and a length of four.
func zerosAndOnes(x *node) *tensor.Dense {
	size, dims := 1, x.Shape().Dims()
	for i, d := range dims {
		if d == graph.Batch {
			dims[i] = 3
		} else if d < 0 {
			dims[i] = 4
		}
		size *= dims[i]
	}
	v := make([]float64, size)
	for i := range v {
		v[i] = float64(i % 3 % 2)
	}
	if x.Graph().Dtype() == tensor.Float64 {
		return graph.Tensor(v, dims...)
	}
	return graph.Tensor(floats32(v), dims...)
}

func floats32(v []float64) []float32 {
	w := make([]float32, len(v))
	for i, x := range v {
		w[i] = float32(x)
	}
	return w
}
