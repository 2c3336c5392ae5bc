package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A normalizer works on lines of x, along the axes: k entries that are after apart, of which
// so many lie side by side. Columns is how many are done at once.
type normalizer[T compute.Float] struct {
	before, k, after, columns int
	ε                         T
	centred                   bool
	mean, scale, share, temp  []T // a column each
	line                      []T // of a line in one piece
}

// columnsAtOnce is how many lines are done at once: what they read stays in the caches.
const columnsAtOnce = 256

func newNormalizer[T compute.Float](p normalization, x *tensor.Dense) *normalizer[T] {
	axes, d := p.axes.All(), x.Shape()
	first, last := axes[0], axes[len(axes)-1]+1
	n := &normalizer[T]{
		before: product(d[:first]), k: product(d[first:last]), after: product(d[last:]),
		ε: T(p.ε.float()), centred: p.centred,
	}
	n.columns = min(n.after, columnsAtOnce)
	if n.after == 1 {
		n.line = make([]T, n.k)
		return n
	}
	room := make([]T, 4*n.columns)
	n.mean, n.scale = room[:n.columns], room[n.columns:2*n.columns]
	n.share, n.temp = room[2*n.columns:3*n.columns], room[3*n.columns:]
	return n
}

func bindStandardized[T compute.Float](p normalization, y *tensor.Dense, x ...*tensor.Dense) func() {
	n, out, in := newNormalizer[T](p, x[0]), compute.Data[T](y), compute.Data[T](x[0])
	return func() {
		n.each(func(at, columns int) {
			if n.after == 1 {
				n.standardize(out[at:][:n.k], in[at:][:n.k])
				return
			}
			n.measure(in[at:], columns)
			mean, scale := n.mean[:columns], n.scale[:columns]
			for i := range n.k {
				row := out[at+i*n.after:][:columns]
				kernel.Sub(row, in[at+i*n.after:][:columns], mean)
				kernel.Mul(row, row, scale)
			}
		})
	}
}

func bindSlope[T compute.Float](p normalization, y *tensor.Dense, x ...*tensor.Dense) func() {
	n, out, in, zeta := newNormalizer[T](p, x[0]), compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	return func() {
		n.each(func(at, columns int) {
			if n.after == 1 {
				n.slope(out[at:][:n.k], in[at:][:n.k], zeta[at:][:n.k])
			} else {
				n.slopes(out[at:], in[at:], zeta[at:], columns)
			}
		})
	}
}

// each calls f with where lines begin, and how many of them are side by side.
func (n *normalizer[T]) each(f func(at, columns int)) {
	for b := range n.before {
		for j := 0; j < n.after; j += n.columns {
			f(b*n.k*n.after+j, min(n.columns, n.after-j))
		}
	}
}

// shortLine is the length up to which a line in one piece is added up one entry after the
// other, as columns are: then its bits are those of a column.
const shortLine = 256

// sum is Σx, and dot is Σx⊙y.
func (n *normalizer[T]) sum(x []T) (s T) {
	if len(x) > shortLine {
		return kernel.Sum(x)
	}
	for _, v := range x {
		s += v
	}
	return s
}

func (n *normalizer[T]) dot(x, y []T) (s T) {
	if len(x) > shortLine {
		return kernel.Dot(x, y)
	}
	for i, v := range x {
		s += T(v * y[i])
	}
	return s
}

// standardize does a line in one piece.
func (n *normalizer[T]) standardize(y, x []T) { kernel.Scale(y, y, n.centre(y, x)) }

// centre sets y to the deviations of a line, and returns what they are multiplied by.
func (n *normalizer[T]) centre(y, x []T) (scale T) {
	mean := T(0)
	if n.centred {
		mean = n.sum(x) * (1 / T(n.k))
	}
	kernel.Shift(y, x, -mean)
	return n.scaleOf(n.dot(y, y))
}

func (n *normalizer[T]) scaleOf(squares T) T {
	return 1 / T(math.Sqrt(float64(squares/T(n.k)+n.ε)))
}

// slope is standardize for the derivative.
func (n *normalizer[T]) slope(y, x, zeta []T) {
	scale := n.centre(n.line, x)
	share, mean := n.dot(n.line, zeta)*(scale*scale/T(n.k)), T(0)
	if n.centred {
		mean = n.sum(zeta) / T(n.k)
	}
	kernel.Scale(n.line, n.line, share)
	kernel.Shift(n.line, n.line, mean)
	kernel.Sub(y, zeta, n.line)
	kernel.Scale(y, y, scale)
}

// measure sets the means of columns, and what their deviations are multiplied by.
func (n *normalizer[T]) measure(x []T, columns int) {
	mean, scale, temp := n.mean[:columns], n.scale[:columns], n.temp[:columns]
	clear(mean)
	clear(scale)
	if n.centred {
		for i := range n.k {
			kernel.Add(mean, mean, x[i*n.after:][:columns])
		}
		kernel.Scale(mean, mean, 1/T(n.k))
	}
	for i := range n.k {
		kernel.Sub(temp, x[i*n.after:][:columns], mean)
		kernel.Mul(temp, temp, temp)
		kernel.Add(scale, scale, temp)
	}
	for j, s := range scale {
		scale[j] = n.scaleOf(s)
	}
}

// slopes is slope for columns.
func (n *normalizer[T]) slopes(y, x, zeta []T, columns int) {
	n.measure(x, columns)
	mean, scale, share, temp := n.mean[:columns], n.scale[:columns], n.share[:columns], n.temp[:columns]
	clear(share)
	first := y[:columns] // holds the sums of ζ until it is computed, last
	clear(first)
	for i := range n.k {
		ζ := zeta[i*n.after:][:columns]
		kernel.Add(first, first, ζ)
		kernel.Sub(temp, x[i*n.after:][:columns], mean)
		kernel.Mul(temp, temp, ζ)
		kernel.Add(share, share, temp)
	}
	// Of x̂ = (x − mean)·scale: x̂·share is (x − mean)·scale²·Σ(x − mean)ζ/k.
	for j := range share {
		share[j] *= scale[j] * scale[j] / T(n.k)
		if first[j] /= T(n.k); !n.centred {
			first[j] = 0
		}
	}
	for i := n.k - 1; i >= 0; i-- {
		row, ζ := y[i*n.after:][:columns], zeta[i*n.after:][:columns]
		kernel.Sub(temp, x[i*n.after:][:columns], mean)
		kernel.Mul(temp, temp, share)
		kernel.Add(temp, temp, first)
		kernel.Sub(row, ζ, temp)
		kernel.Mul(row, row, scale)
	}
}
