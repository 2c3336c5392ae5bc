// Package grouptest has groups of goroutines in place of processes, for tests.
package grouptest

import (
	"errors"
	"fmt"
	"sync"
)

// A Member is a rank of a group of goroutines: an optim.Group.
type Member struct {
	rank  int
	wires [][]chan []byte // from a rank to another
	votes *votes
}

type votes struct {
	sync.Mutex
	arrived *sync.Cond
	round   int
	count   int
	errs    []error
	result  []error
}

// New returns the members of a group.
func New(size int) []*Member {
	v := &votes{errs: make([]error, size)}
	v.arrived = sync.NewCond(v)
	wires := make([][]chan []byte, size)
	for i := range wires {
		for range size {
			wires[i] = append(wires[i], make(chan []byte, 1))
		}
	}
	all := make([]*Member, size)
	for r := range all {
		all[r] = &Member{rank: r, wires: wires, votes: v}
	}
	return all
}

// Rank returns the number of the goroutine.
func (p *Member) Rank() int { return p.rank }

// Size returns the number of goroutines.
func (p *Member) Size() int { return len(p.wires) }

// Exchange sends to a goroutine and receives from it.
func (p *Member) Exchange(rank int, send, receive []byte) error {
	if len(send) > 0 {
		p.wires[p.rank][rank] <- append([]byte(nil), send...)
	}
	if len(receive) > 0 {
		got := <-p.wires[rank][p.rank]
		if len(got) != len(receive) {
			return fmt.Errorf("rank %d sent %d bytes, rank %d wants %d", rank, len(got), p.rank, len(receive))
		}
		copy(receive, got)
	}
	return nil
}

// Agree returns the error of the lowest rank that has one.
func (p *Member) Agree(err error) error {
	v := p.votes
	v.Lock()
	defer v.Unlock()
	v.errs[p.rank] = err
	v.count++
	if v.count == len(v.errs) {
		v.result, v.count = append([]error(nil), v.errs...), 0
		v.round++
		v.arrived.Broadcast()
	} else {
		for round := v.round; round == v.round; {
			v.arrived.Wait()
		}
	}
	for r, e := range v.result {
		if e != nil {
			return fmt.Errorf("rank %d: %w", r, e)
		}
	}
	return nil
}

// Together runs f as each rank of a group, and returns the errors.
func Together(size int, f func(g *Member) error) error {
	errs := make([]error, size)
	var all sync.WaitGroup
	for r, p := range New(size) {
		all.Go(func() { errs[r] = f(p) })
	}
	all.Wait()
	return errors.Join(errs...)
}
