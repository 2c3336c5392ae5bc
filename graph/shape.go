package graph

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"gorgonia.org/tensor"
)

// An Ints is a comparable list of integers: axes, extents, a permutation. It
// lets an op hold a list and still be a map key.
type Ints string

// IntsOf returns the list of v.
func IntsOf(v ...int) Ints {
	var room [32]byte
	b, hash := room[:0], uint64(0)
	for _, i := range v {
		b = binary.AppendVarint(b, int64(i))
		hash = mixed(hash, uint64(i))
	}
	last := &lists[hash>>(64-listBits)]
	if l := last.Load(); l != nil && string(*l) == string(b) {
		return *l
	}
	l := Ints(b)
	last.Store(&l)
	return l
}

// lists are those that were made last, by hash: a formula of thousands of nodes has few shapes.
var lists [1 << listBits]atomic.Pointer[Ints]

const listBits = 8

// All returns the integers as a new slice.
func (l Ints) All() []int { return l.appendTo(make([]int, 0, len(l))) }

// appendTo appends the integers. Given an array of the caller's it allocates nothing.
func (l Ints) appendTo(v []int) []int {
	for i := 0; i < len(l); {
		if b := l[i]; b < 0x80 { // an integer of one byte, as most are
			v, i = append(v, int(b>>1)^-int(b&1)), i+1
			continue
		}
		d, n := binary.Varint([]byte(l[i:]))
		v, i = append(v, int(d)), i+n
	}
	return v
}

// count returns the number of integers: that of their last bytes.
func (l Ints) count() (n int) {
	for i := range len(l) {
		if l[i] < 0x80 {
			n++
		}
	}
	return n
}

// negative reports whether one of the integers is: the first bit of its first byte says so.
func (l Ints) negative() bool {
	for i, first := 0, true; i < len(l); i++ {
		if first && l[i]&1 == 1 {
			return true
		}
		first = l[i] < 0x80
	}
	return false
}

// few is an array for the extents of a usual shape.
type few [8]int

// String returns the list as "(0, 2)".
func (l Ints) String() string {
	s := make([]string, 0, len(l))
	for _, i := range l.All() {
		s = append(s, strconv.Itoa(i))
	}
	return "(" + strings.Join(s, ", ") + ")"
}

// A Shape lists the extents of a tensor. It is a comparable value: two shapes
// are the same shape exactly when they are ==. The zero Shape, (), is that of a
// number; a matrix is (rows, columns); any extent may be Batch, or another symbol.
// Rank is how many axes it has, and Dim the extent of one.
type Shape struct{ extents Ints }

// ShapeOf returns the shape with the given extents.
func ShapeOf(extents ...int) Shape { return Shape{IntsOf(extents...)} }

// Dims returns the extents as a new slice.
func (s Shape) Dims() []int { return s.extents.All() }

// Rank returns the number of axes.
func (s Shape) Rank() int { return s.extents.count() }

// Dim returns the extent of one axis, which may be Batch.
func (s Shape) Dim(axis int) int { return s.dims(&few{})[axis] }

// Holds reports whether a symbol is in some extent.
func (s Shape) Holds(symbol int) bool {
	return slices.ContainsFunc(s.dims(&few{}), func(d int) bool { return Holds(d, symbol) })
}

// HasBatch reports whether some extent is Batch.
func (s Shape) HasBatch() bool { return slices.Contains(s.dims(&few{}), Batch) }

// Symbolic reports whether some extent is no number.
func (s Shape) Symbolic() bool { return s.extents.negative() }

// dims returns the extents, in the array if it has room for them.
func (s Shape) dims(room *few) []int { return s.extents.appendTo(room[:0]) }

// String returns the shape as "(3, N)".
func (s Shape) String() string {
	text := make([]string, 0, 4)
	for _, d := range s.Dims() {
		text = append(text, ExtentString(d))
	}
	return "(" + strings.Join(text, ", ") + ")"
}

// SameOrder reports whether tensors of shapes s and t have the same entries in the same
// order, row by row, whatever symbols are: whether Times of their extents is the same. So
// (m, T, N) has the order of (m, T·N), and not that of (m, N, T).
func (s Shape) SameOrder(t Shape) bool {
	var a, b [maxFactors]int
	return slices.Equal(s.word(a[:0]), t.word(b[:0]))
}

// word appends the factors of the product of the extents. If they are many or one is no
// extent, it has no equal.
func (s Shape) word(list []int) []int {
	var factors [maxFactors]int
	for _, d := range s.dims(&few{}) {
		if !knownExtent(d) {
			return []int{math.MaxInt, noExtent}
		}
		for _, f := range factorsOf(d, factors[:0]) {
			list = appendFactor(list, f)
		}
	}
	return list
}

// At returns the shape with n in place of Batch.
func (s Shape) At(n int) Shape { return s.Replace(Batch, n) }

// Replace returns the shape with another extent in place of a symbol, also where that is a
// factor: (3, T·N) with 5 for T is (3, 5·N).
func (s Shape) Replace(symbol, by int) Shape {
	d := s.Dims()
	for i := range d {
		d[i] = replaced(d[i], symbol, by)
	}
	return ShapeOf(d...)
}

// dimsAt returns the numbers of the extents, in the array if it has room for them.
func (s Shape) dimsAt(at sizes, room *few) []int {
	d := s.dims(room)
	for i := range d {
		if d[i] < 0 {
			d[i] = at.number(d[i])
		}
	}
	return d
}

// Axis returns the axis that i names, counting from the end if i is negative,
// or an error that wraps ErrAxis.
func (s Shape) Axis(i int) (int, error) {
	rank := s.Rank()
	if i < -rank || i >= rank {
		return 0, fmt.Errorf("%w: axis %d of shape %v, which has %s", ErrAxis, i, s, axesOf(rank))
	}
	if i < 0 {
		i += rank
	}
	return i, nil
}

// axesOf says which axes a tensor of a rank has.
func axesOf(rank int) string {
	switch rank {
	case 0:
		return "none"
	case 1:
		return "axis 0 only"
	}
	return fmt.Sprintf("axes 0 to %d (-%d to -1 from the end)", rank-1, rank)
}

// BroadcastShapes returns the shape that a and b have in common by NumPy's
// rule: axes are matched from the last to the first, and an extent of 1, or an
// axis that is not there, stretches. Batch stretches to nothing and only 1
// stretches to it. One of the shapes has all extents Batch of the result: (1, N) and
// (N, 1) have nothing in common, lest every example meet every other unasked. The error
// wraps ErrShape.
func BroadcastShapes(a, b Shape) (Shape, error) {
	long, short := a.Dims(), b.Dims()
	if len(long) < len(short) {
		long, short = short, long
	}
	missing := len(long) - len(short)
	onlyLong, onlyShort := slices.Contains(long[:missing], Batch), false
	for i, d := range short {
		at := &long[missing+i]
		switch {
		case *at == d:
		case d == 1:
			onlyLong = onlyLong || *at == Batch
		case *at == 1:
			onlyShort = onlyShort || d == Batch
			*at = d
		default:
			return Shape{}, fmt.Errorf("%w: %v and %v do not broadcast", ErrShape, a, b)
		}
	}
	if onlyLong && onlyShort {
		return Shape{}, fmt.Errorf("%w: %v and %v have examples on different axes: transpose one, or, to pair every example with every other, stretch one by BroadcastTo", ErrShape, a, b)
	}
	return ShapeOf(long...), nil
}

// check reports an extent that no tensor has, and a size that no machine has.
func (s Shape) check() error { return checkDims(s.dims(&few{})) }

// checkDims is check for a list of extents. It allocates nothing if all is well.
func checkDims(dims []int) error {
	size := uint64(1)
	for _, d := range dims {
		switch {
		case d == 0:
			return fmt.Errorf("%w: shape %v", ErrEmpty, ShapeOf(dims...))
		case d == Batch:
		case !knownExtent(d):
			return fmt.Errorf("%w: extent %s", ErrShape, ExtentString(d))
		case d > 0:
			size = product(size, uint64(d))
		default:
			for _, f := range Factors(d) {
				size = product(size, uint64(max(f, 1)))
			}
		}
	}
	if size > maxElements() {
		return fmt.Errorf("%w: shape %v", ErrSize, ShapeOf(dims...))
	}
	return nil
}

// size returns the number of entries of a shape of numbers that passed check.
func (s Shape) size() int {
	n := 1
	for _, d := range s.dims(&few{}) {
		n *= d
	}
	return n
}

// shapeOf returns the shape of a tensor.
func shapeOf(v *tensor.Dense) Shape { return ShapeOf(v.Shape()...) }
