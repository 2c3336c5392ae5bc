package team

import (
	"testing"
	"time"
)

// testRuns counts as many runs and returns how many of them were together. A run takes
// what cost says of its way.
func (g *Gauge) testRuns(n int, cost [2]time.Duration) (shared int) {
	for range n {
		if g.keep == 0 {
			g.Begin()
			g.team.Leave()
		}
		if g.way == together {
			shared++
		}
		g.add(cost[g.way])
	}
	return shared
}

// A Gauge keeps to the quicker way, and notices when that changes.
func TestGauge(t *testing.T) {
	threads(t, 2)
	var g Gauge
	quickAlone := [2]time.Duration{alone: 100, together: 130}
	quickTogether := [2]time.Duration{alone: 100, together: 60}
	g.testRuns(1000, quickAlone)
	if n := g.testRuns(10000, quickAlone); n > 200 {
		t.Errorf("helpers do not pay, but take part in %d of 10000 runs", n)
	}
	g.testRuns(3*longest, quickTogether)
	if n := g.testRuns(10000, quickTogether); n < 9800 {
		t.Errorf("helpers pay, but take part in only %d of 10000 runs", n)
	}
	g.testRuns(3*longest, quickAlone)
	if n := g.testRuns(10000, quickAlone); n > 200 {
		t.Errorf("helpers pay no more, but take part in %d of 10000 runs", n)
	}
}

// With one thread, or a team that is taken, no run is together and none counts.
func TestGaugeWithoutTeam(t *testing.T) {
	threads(t, 2)
	held := Enter()
	var g Gauge
	for range 100 {
		if g.Begin() != nil {
			t.Fatal("two teams")
		}
		g.End()
	}
	held.Leave()
	if g.way != together || g.run != 0 {
		t.Errorf("it counted: %+v", g)
	}
	if g.Begin() == nil {
		t.Error("no team")
	}
	g.End()
	if Enter() == nil {
		t.Error("End has not given it back")
	}
	team.Leave()
}
