package graph

import (
	"adjoint/compute"

	"gorgonia.org/tensor"
)

// tileBytes is how much of each operand a chain of pointwise kernels passes over
// before it goes on: what stays in the nearest cache.
const tileBytes = 8 << 10

// wide is the number of entries, added up over the kernels of a chain, from which
// it pays to share them among threads.
const wide = 1 << 15

// tiles is the work of a group of nodes with entrywise kernels.
func (b *binder) tiles(group []*Node) compute.Work {
	if b.code.g.dtype == tensor.Float32 {
		return bindTiles(b, group, func(e compute.Entries) func([]float32, ...[]float32) { return e.F32 })
	}
	return bindTiles(b, group, func(e compute.Entries) func([]float64, ...[]float64) { return e.F64 })
}

// A tileCall is one kernel on the entries of one tile.
type tileCall[T compute.Float] struct {
	kernel func(y []T, x ...[]T)
	y      []T
	x      [][]T
}

func bindTiles[T compute.Float](b *binder, group []*Node, loop func(compute.Entries) func([]T, ...[]T)) compute.Work {
	first := b.plan.value[group[0].id]
	size, length := len(compute.Data[T](first)), tileBytes/int(first.Dtype().Size())
	tiles, arity := (size+length-1)/length, 0
	for _, n := range group {
		arity += len(b.code.reads.get(n))
	}
	calls, operands := make([]tileCall[T], tiles*len(group)), make([][]T, 0, tiles*arity)
	for k, n := range group {
		reads := b.code.reads.get(n)
		entries, _ := b.code.kernel(n).Entries()
		run, y := loop(entries), compute.Data[T](b.plan.value[n.id])
		for tile := range tiles {
			from, to := tile*length, min((tile+1)*length, size)
			first := len(operands)
			for _, x := range reads {
				operands = append(operands, compute.Data[T](b.operand(x))[from:to])
			}
			calls[tile*len(group)+k] = tileCall[T]{run, y[from:to], operands[first:len(operands):len(operands)]}
		}
	}
	parts := 1
	if size*len(group) >= wide {
		parts = tiles
	}
	each := len(calls) / parts
	return compute.Work{Parts: parts, Do: func(from, to int) {
		for _, call := range calls[from*each : to*each] {
			call.kernel(call.y, call.x...)
		}
	}}
}
