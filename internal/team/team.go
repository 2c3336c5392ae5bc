// Package team splits the work of a Program over the cores of the machine.
//
// There is one team a process: the goroutine that holds it, and helpers. Helpers
// start when the team is first taken. They watch for work, hot, while it is held
// and for some microseconds after; then they sleep, and end when nothing has
// happened for a while. A holder never waits for a helper that has not begun: what
// nobody has claimed it does itself.
package team

import (
	"runtime"
	"sync/atomic"
	"time"

	"adjoint/internal/kernel"
)

// A Job is work in parts that can be done in any order and at the same time. Do
// does the parts from ≤ i < to. The result does not depend on how they are dealt
// out.
type Job struct {
	Parts int
	Do    func(from, to int)
}

// chunksPerThread is how many portions a thread may claim of a job, one after the
// other: enough that a slow thread leaves its part to the others.
const chunksPerThread = 4

// The team of the process.
var team Team

// A Team is held by one goroutine at a time.
type Team struct {
	held  atomic.Bool
	limit atomic.Int32 // of SetThreads; 0 is none

	// Of the holder:
	threads int // the holder's own among them
	round   uint64

	// Shared with the helpers. A round begins when ticket is set, and ends when as
	// many chunks are done as the ticket had.
	job    atomic.Pointer[Job]
	ticket atomic.Uint64
	done   atomic.Int32
	failed atomic.Pointer[failure]

	helpers crew
}

// A failure is what a chunk panicked with.
type failure struct{ value any }

// SetThreads sets how many threads may work for one Program at a time, and returns
// what was set before. 1 switches helpers off; 0, as at the start, stands for
// GOMAXPROCS, which is the limit in any case.
func SetThreads(n int) int { return int(team.limit.Swap(int32(max(n, 0)))) }

// Enter takes the team. It returns nil if somebody holds it, or if there is one
// thread only; a nil Team does all work in the caller. The holder calls Leave.
func Enter() *Team {
	threads := runtime.GOMAXPROCS(0)
	if limit := int(team.limit.Load()); limit > 0 {
		threads = min(threads, limit)
	}
	if threads == 1 || !team.held.CompareAndSwap(false, true) {
		return nil
	}
	team.threads = threads
	team.helpers.call(&team, threads-1)
	return &team
}

// Leave gives the team back, and forgets what it has worked on.
func (t *Team) Leave() {
	if t != nil {
		t.job.Store(nil)
		t.held.Store(false)
	}
}

// Do does a job. It panics with what the job panics with, after all chunks that
// were begun have ended.
func (t *Team) Do(j *Job) {
	if t == nil || j.Parts < 2 {
		j.Do(0, j.Parts)
		return
	}
	chunks := min(j.Parts, chunksPerThread*t.threads)
	t.done.Store(0)
	t.job.Store(j)
	t.round++
	t.ticket.Store(newTicket(t.round, chunks))
	t.helpers.wake(chunks - 1)
	for t.work() {
	}
	t.await(chunks)
	if f := t.failed.Swap(nil); f != nil {
		panic(f.value)
	}
}

// await returns when all chunks are done. A helper that takes long may be waiting for
// the very core that the holder waits on.
func (t *Team) await(chunks int) {
	for look := 0; int(t.done.Load()) < chunks; look++ {
		switch {
		case look < 500: // some ten microseconds
			kernel.Pause(1)
		case look < 1000:
			runtime.Gosched()
		default:
			time.Sleep(50 * time.Microsecond)
		}
	}
}

// work claims a chunk and does it, or reports that none is left.
func (t *Team) work() bool {
	for {
		ticket := t.ticket.Load()
		chunk, chunks := chunkOf(ticket)
		if chunk >= chunks {
			return false
		}
		// The job is that of the ticket if the ticket is still the same after it:
		// the next job is set when no chunk of this one is left.
		j := t.job.Load()
		if t.ticket.CompareAndSwap(ticket, ticket+1) {
			t.do(j, chunk, chunks)
			return true
		}
	}
}

// open reports whether there is a chunk to claim.
func (t *Team) open() bool {
	chunk, chunks := chunkOf(t.ticket.Load())
	return chunk < chunks
}

func (t *Team) do(j *Job, chunk, chunks int) {
	defer t.finish()
	j.Do(chunk*j.Parts/chunks, (chunk+1)*j.Parts/chunks)
}

// finish counts a chunk, and keeps what it panicked with for the holder.
func (t *Team) finish() {
	if v := recover(); v != nil {
		t.failed.Store(&failure{v})
	}
	t.done.Add(1)
}

// A ticket says which round it is, how many chunks the job has, and which of them
// is the next to be claimed.
func newTicket(round uint64, chunks int) uint64 { return round<<32 | uint64(chunks)<<16 }

func chunkOf(ticket uint64) (chunk, chunks int) {
	return int(ticket & 0xffff), int(ticket >> 16 & 0xffff)
}
