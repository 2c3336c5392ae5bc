package optest

import (
	"fmt"
	"slices"
	"strings"

	"adjoint/graph"
)

// factors are the numbers that a gradient may have too often or not often enough.
type factors struct {
	means   []int // what a mean divides by: N
	extents []int // others

	tolerance float64
}

// factors returns those of the formula of j.
func (c *gradients) factors() factors {
	f := factors{tolerance: c.likeness()}
	if c.n > 0 {
		f.means = append(f.means, c.n)
	}
	for _, y := range graph.Cone(c.j) {
		if d, ok := y.Op().(graph.Describer); ok && d.Describe().Name == "Mean" {
			f.means = append(f.means, entries(y.In(0), c.n)/entries(y, c.n))
		}
		f.extents = append(f.extents, y.Shape().At(c.n).Dims()...)
	}
	for _, list := range []*[]int{&f.means, &f.extents} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return f
}

// name says what a factor c means, or "" if it is none that can be explained.
func (f factors) name(c float64) string {
	if near(c, -1, f.tolerance, 1) {
		return "the sign is wrong"
	}
	sign := ""
	if c < 0 {
		c, sign = -c, ", and the sign is wrong"
	}
	var names []string
	add := func(n int, lost, twice string) {
		switch {
		case n < 2:
		case near(c, float64(n), f.tolerance, 1):
			names = append(names, lost)
		case near(c, 1/float64(n), f.tolerance, 1):
			names = append(names, twice)
		}
	}
	for _, n := range f.means {
		add(n, fmt.Sprintf("1/N is lost (N = %d)", n), fmt.Sprintf("1/N is there once too often (N = %d)", n))
	}
	add(2, "a factor 2 is there once too often", "a factor 2 is lost")
	for _, n := range f.means {
		if n > 2 && near(c, float64(n)/2, f.tolerance, 1) { // (a − y)xᵀ of the mean of (a − y)²
			names = append(names, fmt.Sprintf("1/N and a factor 2 are lost (N = %d)", n))
		}
	}
	if len(names) == 0 {
		for _, n := range f.extents {
			add(n, fmt.Sprintf("a factor 1/%[1]d is lost, or %[1]d is there once too often (%[1]d is an extent)", n),
				fmt.Sprintf("a factor %[1]d is lost, or 1/%[1]d is there once too often (%[1]d is an extent)", n))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ", or ") + sign
}
