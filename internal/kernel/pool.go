package kernel

// A PoolRow is a row of places of a window on an image whose N examples are contiguous. Entry
// e of the window at place p begins at Entries[e] + p·Step. Places of y are N apart.
type PoolRow struct {
	Entries         []int
	Places, Step, N int
	Apart           bool // no entry is of two places
}

// MaxPool sets y to the largest of the entries x of the window, NaN if one is.
func MaxPool[T Float](r *PoolRow, y, x []T) {
	r.check(len(y), len(x))
	tableOf[T]().maxPool(r, y, x)
}

// MaxGive adds ζ to out where x is y, at the first such entry of the window. At a y that is
// NaN it adds to none. Where places are apart it sets out instead, the other entries of the
// window to 0.
func MaxGive[T Float](r *PoolRow, out, x, y, zeta []T) {
	r.check(min(len(y), len(zeta)), min(len(x), len(out)))
	tableOf[T]().maxGive(r, out, x, y, zeta)
}

// MaxTake sets y to the entry of ξ where x is m, at the first such entry of the window, or to 0.
func MaxTake[T Float](r *PoolRow, y, x, m, ξ []T) {
	r.check(min(len(y), len(m)), min(len(x), len(ξ)))
	for p := range r.Places {
		for j := range r.N {
			to := p*r.N + j
			y[to] = 0
			for _, e := range r.Entries {
				if at := p*r.Step + e + j; x[at] == m[to] {
					y[to] = ξ[at]
					break
				}
			}
		}
	}
}

// MeanPool sets y to the sum of the entries of the window, times a factor.
func MeanPool[T Float](r *PoolRow, y, x []T, factor T) {
	r.check(len(y), len(x))
	for p := range r.Places {
		y, x := y[p*r.N:][:r.N], x[p*r.Step:]
		Scale(y, x[r.Entries[0]:][:r.N], factor)
		for _, e := range r.Entries[1:] {
			Axpy(y, x[e:][:r.N], factor)
		}
	}
}

// MeanGive adds ζ times a factor to the entries of the window.
func MeanGive[T Float](r *PoolRow, out, zeta []T, factor T) {
	r.check(len(zeta), len(out))
	for p := range r.Places {
		ζ, out := zeta[p*r.N:][:r.N], out[p*r.Step:]
		for _, e := range r.Entries {
			Axpy(out[e:][:r.N], ζ, factor)
		}
	}
}

// check panics if the row lies outside of slices of these lengths, or has no place or entry.
func (r *PoolRow) check(y, x int) {
	if r.Places < 1 || r.N < 1 || len(r.Entries) == 0 {
		panic("kernel: a row of a pool without places, examples or entries")
	}
	within("the pool", 0, r.Places*r.N, y)
	for _, e := range r.Entries {
		within("the image", e, e+(r.Places-1)*r.Step+r.N, x)
	}
}

func maxPoolGo[T Float](r *PoolRow, y, x []T) {
	for p := range r.Places {
		y, x := y[p*r.N:][:r.N], x[p*r.Step:]
		copy(y, x[r.Entries[0]:])
		for _, e := range r.Entries[1:] {
			Maximum(y, x[e:][:r.N], y) // the first at a tie
		}
	}
}

func maxGiveGo[T Float](r *PoolRow, out, x, y, zeta []T) {
	clearApart(r, out)
	for p := range r.Places {
		for j := range r.N {
			from := p*r.N + j
			for _, e := range r.Entries {
				if at := p*r.Step + e + j; x[at] == y[from] {
					out[at] += zeta[from]
					break
				}
			}
		}
	}
}

// clearApart sets the entries of the window to 0 where places are apart.
func clearApart[T Float](r *PoolRow, out []T) {
	for p := 0; r.Apart && p < r.Places; p++ {
		for _, e := range r.Entries {
			clear(out[p*r.Step+e:][:r.N])
		}
	}
}
