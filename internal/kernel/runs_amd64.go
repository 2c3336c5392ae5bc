//go:build amd64 && !noasm

package kernel

import "unsafe"

// A dotVectors has the columns and runs of all jobs of a RunDots as the assembly reads them.
type dotVectors struct {
	cols [][][2]int // of a job: of B and of C, in bytes
	runs [][][3]int // of a job, in bytes but for the length
}

func (q *BoundDots[T]) prepare() (v dotVectors) {
	if inUse == plainGo {
		return v
	}
	size := sizeof[T]()
	for _, j := range q.p.Jobs {
		cols, runs := make([][2]int, len(j.Cols)), make([][3]int, len(j.Runs))
		for i, col := range j.Cols {
			cols[i] = [2]int{col.B * size, col.C * size}
		}
		for i, r := range j.Runs {
			runs[i] = [3]int{r.A * size, r.B * size, r.Len}
		}
		v.cols, v.runs = append(v.cols, cols), append(v.runs, runs)
	}
	return v
}

// runDotsArgs are the arguments of the assembly runDots, which knows the fields by their
// order. Strides are in bytes.
type runDotsArgs struct {
	a      unsafe.Pointer
	aRow   int
	b      unsafe.Pointer
	cols   *[2]int
	c      unsafe.Pointer
	cRow   int
	first  *[3]int // of the runs
	length int     // of all, in bytes
	tile   int
	panels int
	_      uintptr // where the runs end
}

// runWidth returns the number of columns of the widest tile of the assembly in use.
func runWidth() int {
	if inUse == avx512 {
		return 6
	}
	return 2
}

// doVectors adds to some rows of a job with the assembly in use, if there is any.
func (q *BoundDots[T]) doVectors(job, row, rows int) bool {
	if inUse == plainGo {
		return false
	}
	p, cols, runs, size, most := &q.p, q.vectors.cols[job], q.vectors.runs[job], sizeof[T](), runWidth()
	if len(runs) == 0 {
		return true
	}
	for k := 0; k < len(cols); {
		width, count := parts(len(cols)-k, most)
		t := runDotsArgs{
			a: pointer(q.a, p.A+row*p.ARow), aRow: p.ARow * size,
			b: pointer(q.b, 0), cols: &cols[k],
			c: pointer(q.c, p.C+row*p.LDC), cRow: p.LDC * size,
			first: &runs[0], length: 24 * len(runs),
			tile: (rows-1)*most + width - 1, panels: count,
		}
		callRunDots[T](&t)
		k += width * count
	}
	return true
}

func callRunDots[T Float](t *runDotsArgs) {
	switch {
	case sizeof[T]() == 4 && inUse == avx512:
		runDots32AVX512(t)
	case sizeof[T]() == 4:
		runDots32AVX2(t)
	case inUse == avx512:
		runDots64AVX512(t)
	default:
		runDots64AVX2(t)
	}
}
