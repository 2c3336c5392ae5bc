package team

import (
	"runtime"
	"sync/atomic"
	"time"

	"adjoint/internal/kernel"
)

const (
	// hot is for how many turns a helper watches for work before it sleeps, some
	// fifty microseconds. Waking it takes ten. In a turn it looks many times, and
	// then lets other goroutines go first.
	hot   = 15
	looks = 256

	// idle is how long a helper sleeps before it ends.
	idle = 100 * time.Millisecond

	// maxHelpers keeps the number of chunks within a ticket.
	maxHelpers = 255
)

// A crew is the helpers of a team. They are all alike.
type crew struct {
	wanted   atomic.Int32 // how many may watch
	watching atomic.Int32
	sleeping atomic.Int32
	alive    atomic.Int32
	alarm    chan struct{}
}

// call makes sure that n helpers live, and wakes them. The holder calls it.
func (c *crew) call(t *Team, n int) {
	n = min(n, maxHelpers)
	c.wanted.Store(int32(n))
	if c.alarm == nil {
		c.alarm = make(chan struct{}, maxHelpers)
	}
	for int(c.alive.Load()) < n {
		c.alive.Add(1)
		go c.help(t)
	}
	c.wake(n)
}

// wake wakes up to n helpers, if so many sleep and may watch.
func (c *crew) wake(n int) {
	n = min(n, int(c.sleeping.Load()), int(c.wanted.Load()-c.watching.Load()))
	for range n {
		select {
		case c.alarm <- struct{}{}:
		default:
			return
		}
	}
}

// help is the life of a helper.
func (c *crew) help(t *Team) {
	defer c.alive.Add(-1)
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		if c.watching.Add(1) <= c.wanted.Load() {
			t.watch()
		}
		c.watching.Add(-1)
		if !c.sleep(t, timer) {
			return
		}
	}
}

// sleep returns true when there may be work, and false when there was none for long.
func (c *crew) sleep(t *Team, timer *time.Timer) bool {
	c.sleeping.Add(1)
	defer c.sleeping.Add(-1)
	if t.open() { // who opened it may have seen us awake
		return true
	}
	timer.Reset(idle)
	select {
	case <-c.alarm:
		return true
	case <-timer.C:
		return false
	}
}

// watch works, and returns when there has been nothing to do for a while.
func (t *Team) watch() {
	for turn := 0; turn < hot; turn++ {
		for range looks {
			if t.work() {
				turn = 0
			}
			kernel.Pause(1)
		}
		runtime.Gosched()
	}
}
