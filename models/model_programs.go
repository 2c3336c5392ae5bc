package models

import (
	"sync"

	"adjoint/graph"
)

// A programPool hands out clones of a program, each to one goroutine at a time. The program
// is compiled when one is first asked for: a training that scores nothing needs none.
type programPool struct {
	outputs  []*graph.Node
	compiled sync.Once
	original *graph.Program
	failure  error // of compiling
	idle     sync.Pool
}

// compile compiles the program, if that has not been done yet.
func (p *programPool) compile() error {
	p.compiled.Do(func() { p.original, p.failure = graph.Compile(p.outputs...) })
	return p.failure
}

func (p *programPool) get() (*graph.Program, error) {
	if q, ok := p.idle.Get().(*graph.Program); ok {
		return q, nil
	}
	if err := p.compile(); err != nil {
		return nil, err
	}
	return p.original.Clone(), nil
}

func (p *programPool) put(q *graph.Program) { p.idle.Put(q) }
