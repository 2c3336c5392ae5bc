package team

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// threads sets GOMAXPROCS for a test, also above the number of cores.
func threads(t testing.TB, n int) {
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// Every part is done once, whatever their number and whoever does them.
func TestEveryPartOnce(t *testing.T) {
	for _, n := range []int{1, 2, 3, 8} {
		threads(t, n)
		team := Enter()
		if (team == nil) != (n == 1) {
			t.Errorf("%d threads: team %v", n, team)
		}
		for round := range 2000 {
			done := make([]int, round%67)
			team.Do(&Job{len(done), func(from, to int) {
				for i := from; i < to; i++ {
					done[i]++
				}
			}})
			for i, d := range done {
				if d != 1 {
					t.Fatalf("%d threads, round %d: part %d of %d done %d times", n, round, i, len(done), d)
				}
			}
		}
		team.Leave()
	}
}

// Helpers take part, and all that they did is there when Do returns.
func TestHelpersHelp(t *testing.T) {
	threads(t, 4)
	team := Enter()
	defer team.Leave()
	var at atomic.Int32
	meet := Job{4, func(from, to int) { // only ends if four threads are in it at once
		for at.Add(1); at.Load() < 4; {
			runtime.Gosched()
		}
	}}
	for range 100 {
		at.Store(0)
		team.Do(&meet)
	}
}

// There is one team. Who finds it taken works alone.
func TestOneTeam(t *testing.T) {
	threads(t, 4)
	first := Enter()
	if first == nil {
		t.Fatal("no team")
	}
	second := Enter()
	if second != nil {
		t.Error("two teams")
	}
	parts := 0
	second.Do(&Job{100, func(from, to int) { parts += to - from }})
	second.Leave()
	if parts != 100 {
		t.Errorf("%d parts done alone", parts)
	}
	first.Do(&Job{100, func(from, to int) {}})
	first.Leave()
	if team.job.Load() != nil {
		t.Error("the last job, and all that it refers to, is kept")
	}
	if third := Enter(); third == nil {
		t.Error("the team is not free again")
	} else {
		third.Leave()
	}
}

func TestManyHolders(t *testing.T) {
	threads(t, 4)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 300 {
				team := Enter()
				sums := make([]int, 40)
				team.Do(&Job{40, func(from, to int) {
					for i := from; i < to; i++ {
						sums[i] += i
					}
				}})
				for i, s := range sums {
					if s != i {
						t.Errorf("part %d: %d", i, s)
					}
				}
				team.Leave()
			}
		})
	}
	all.Wait()
}

func TestSetThreads(t *testing.T) {
	threads(t, 4)
	if before := SetThreads(1); before != 0 {
		t.Errorf("at the start: %d", before)
	}
	if Enter() != nil {
		t.Error("one thread, but a team")
	}
	if before := SetThreads(0); before != 1 {
		t.Errorf("before: %d", before)
	}
}

// A panic in any chunk is the holder's, and the team goes on.
func TestPanic(t *testing.T) {
	threads(t, 4)
	team := Enter()
	defer team.Leave()
	for part := range 16 {
		func() {
			defer func() {
				if v := recover(); v != "here" {
					t.Errorf("part %d: %v", part, v)
				}
			}()
			team.Do(&Job{16, func(from, to int) {
				if from <= part && part < to {
					panic("here")
				}
			}})
		}()
		n := atomic.Int32{}
		team.Do(&Job{16, func(from, to int) { n.Add(int32(to - from)) }})
		if n.Load() != 16 {
			t.Errorf("after a panic in part %d: %d parts", part, n.Load())
		}
	}
}

// Helpers end when nothing has happened for a while.
func TestNothingIsLeft(t *testing.T) {
	threads(t, 8)
	Enter().Leave()
	deadline := time.Now().Add(20 * time.Second)
	for team.helpers.alive.Load() > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d helpers still live", team.helpers.alive.Load())
		}
		time.Sleep(idle / 4)
	}
	if n := team.helpers.sleeping.Load(); n != 0 {
		t.Errorf("%d sleep", n)
	}
}

// A job allocates nothing, with helpers at work.
func TestNoAllocation(t *testing.T) {
	threads(t, 2)
	var sink atomic.Int64
	job := Job{64, func(from, to int) { sink.Add(int64(to - from)) }}
	run := func(n int) {
		for range n {
			team := Enter()
			team.Do(&job)
			team.Leave()
		}
	}
	run(1000)
	var allocs uint64
	for range 10 { // helpers that were kept waiting end, and others start
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run(1000)
		runtime.ReadMemStats(&after)
		if allocs = after.Mallocs - before.Mallocs; allocs <= 10 { // the runtime's own
			return
		}
	}
	t.Errorf("%d allocations in 1000 jobs", allocs)
}

func BenchmarkDo(b *testing.B) {
	threads(b, 2)
	job := Job{8, func(from, to int) {}}
	team := Enter()
	defer team.Leave()
	for b.Loop() {
		team.Do(&job)
	}
}

func BenchmarkEnter(b *testing.B) {
	threads(b, 2)
	for b.Loop() {
		Enter().Leave()
	}
}
