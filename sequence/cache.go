package sequence

import (
	"adjoint/graph"
	"adjoint/ops"
)

// A Cache has the keys and values of times before, (heads, e, C, N) each: room for C times. One that
// is empty is zero.
type Cache struct{ Keys, Values *Node }

// Next is Self, causal, of the times from on of a sequence x (d, T, N) of which those before are in a
// cache; it returns the cache with those of x too. from is a number. Times from C on find no
// room, and are not seen.
func (h Heads) Next(x *Node, c Cache, from *Node, turn func(*Node) *Node) (*Node, Cache) {
	q, k, v := h.split(Affine(h.In, h.InBias, x))
	if turn != nil {
		q, k = turn(q), turn(k)
	}
	c = Cache{put(c.Keys, k, from), put(c.Values, v, from)}
	return h.join(Attend(q, c.Keys, c.Values, Masks{Causal: true, From: from})), c
}

// put returns a cache (heads, e, C, N) with x (heads, e, T, N) at the times from on.
func put(cache, x, from *Node) *Node {
	d, e := cache.Shape().Dims(), x.Shape().Dims()
	if len(d) != 4 || len(e) != 4 {
		return ops.Add(cache, x) // which says what is wrong
	}
	at := ops.Reshape(ops.Range(from, e[2]), 1, e[2])
	here := ops.Equal(ops.Reshape(ops.Range(x.Graph().Const(0), d[2]), d[2], 1), at) // (C, T)
	there := ops.Reshape(ops.Sum(here, 1), d[2], 1)
	placed := ops.MatMul(here, x) // (heads, e, C, N)
	return ops.Add(ops.Mul(cache, ops.OneMinus(there)), placed)
}

// Next is Of, causal, of the times from on of a sequence of which those before are in a cache: see
// Heads.Next.
func (b Block) Next(x *Node, c Cache, from *Node, turn func(*Node) *Node) (*Node, Cache) {
	var next Cache
	y := b.of(x, func(x *Node) *Node {
		var y *Node
		y, next = b.Attention.Next(x, c, from, turn)
		return y
	})
	return y, next
}

// CacheOf returns inputs for the cache of capacity times of a block over vectors of d numbers, with
// names that begin so.
func CacheOf(g *graph.Graph, name string, heads, d, capacity int) Cache {
	e := d / max(heads, 1)
	return Cache{
		g.Input(name+" keys", heads, e, capacity, graph.Batch),
		g.Input(name+" values", heads, e, capacity, graph.Batch),
	}
}
