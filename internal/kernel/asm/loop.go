package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A walk goes through slices of equal length from front to back.
type walk struct {
	v     *vec
	names []string
	base  map[string]reg.Register // where the rest of each slice starts
	n     reg.Register            // its length
}

// A place is where one vector of each slice lies.
type place struct {
	*walk
	offset int  // from the base, in bytes
	tail   bool // only the entries under the mask
}

// beginSlices starts a kernel whose parameters are slices and then scalars, given
// by their names. It returns a walk over the slices.
func (v *vec) beginSlices(kernel, slices, scalars, result string) *walk {
	names := strings.Fields(slices)
	signature := "func(" + strings.Join(names, ", ") + " []" + v.floatType()
	if scalars != "" {
		signature += ", " + strings.Join(strings.Fields(scalars), ", ") + " " + v.floatType()
	}
	v.begin(kernel, signature+") "+result)
	w := &walk{v: v, names: names, base: map[string]reg.Register{}}
	for _, name := range names {
		w.base[name] = v.Load(v.Param(name).Base(), v.GP64())
	}
	w.n = v.Load(v.Param(names[0]).Len(), v.GP64())
	return w
}

// at is the place of the i-th vector from where the walk has come to.
func (w *walk) at(i int) *place { return &place{walk: w, offset: i * w.v.bytes()} }

// advance moves the walk forward.
func (w *walk) advance(vectors int) {
	for _, name := range w.names {
		w.v.ADDQ(operand.I32(vectors*w.v.bytes()), w.base[name])
	}
	w.v.SUBQ(operand.I32(vectors*w.v.lanes()), w.n)
}

// whole repeats body while a number of whole vectors is left.
func (w *walk) whole(vectors int, body func()) {
	v := w.v
	loop, done := label("loop", vectors), label("done", vectors)
	v.CMPQ(w.n, operand.I32(vectors*v.lanes()))
	v.JLT(operand.LabelRef(done))
	v.Label(loop)
	body()
	w.advance(vectors)
	v.CMPQ(w.n, operand.I32(vectors*v.lanes()))
	v.JGE(operand.LabelRef(loop))
	v.Label(done)
}

// rest runs body for the entries that are left, fewer than a vector; if there are
// none it jumps to the label end.
func (w *walk) rest(end string, body func(p *place)) {
	v := w.v
	v.TESTQ(w.n, w.n)
	v.JZ(operand.LabelRef(end))
	v.mask = v.tailMask(w.n)
	body(&place{walk: w, tail: true})
}

func (p *place) mem(slice string) operand.Mem {
	return operand.Mem{Base: p.base[slice], Disp: p.offset}
}

// load returns the vector of a slice, with zeros past its end.
func (p *place) load(slice string) operand.Op {
	if p.tail {
		return p.v.loadTail(p.mem(slice))
	}
	return p.v.load(p.mem(slice))
}

func (p *place) store(slice string, x operand.Op) {
	if p.tail {
		p.v.storeTail(x, p.mem(slice))
	} else {
		p.v.move(x, p.mem(slice))
	}
}

// pointwise emits a kernel that does the same to every entry of its slices. The
// main loop takes unroll vectors at a time. The function setup, if there is one,
// runs once and gets the scalars in all lanes.
func (v *vec) pointwise(kernel, slices, scalars string, unroll int, setup func(scalar map[string]operand.Op), body func(p *place)) {
	w := v.beginSlices(kernel, slices, scalars, "")
	values := map[string]operand.Op{}
	for _, name := range strings.Fields(scalars) {
		b, err := v.Param(name).Resolve()
		if err != nil {
			panic(err)
		}
		values[name] = v.broadcast(b.Addr)
	}
	if setup != nil {
		setup(values)
	}
	if unroll > 1 {
		w.whole(unroll, func() {
			v.interleave(unroll, func(i int) { body(w.at(i)) })
		})
	}
	w.whole(1, func() { body(w.at(0)) })
	w.rest("end", body)
	v.Label("end")
	v.end()
}

// interleave emits n copies of body in parallel: the first instruction of each, then
// the second of each, and so on, for the processor to work on all at once.
func (v *vec) interleave(n int, body func(i int)) {
	f, err := v.Result()
	if err != nil {
		panic(err)
	}
	fs := f.Functions()
	fn := fs[len(fs)-1]
	start := len(fn.Nodes)
	body(0)
	length := len(fn.Nodes) - start
	for i := 1; i < n; i++ {
		body(i)
	}
	serial := append([]ir.Node(nil), fn.Nodes[start:]...)
	for i := range serial {
		fn.Nodes[start+i] = serial[i%n*length+i/n]
	}
}

func label(name string, i int) string { return fmt.Sprintf("%s%d", name, i) }
