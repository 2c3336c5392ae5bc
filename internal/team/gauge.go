package team

import "time"

// A Gauge finds out whether helpers pay for a piece of work that is done again and
// again. They may not: cores may be busy with other processes, or be two halves of
// one, or the work too small. It tries both ways, keeps to the quicker one, and
// tries the other again from time to time, ever more seldom while it loses. The
// zero Gauge is ready. It serves one goroutine.
type Gauge struct {
	took  [2]time.Duration // what a run took on average, in the last phase of either way
	way   int              // alone or together
	run   int              // of this phase
	runs  int              // of this phase, altogether
	keep  int              // how long the next phase of the quicker way is
	spent time.Duration
	began time.Time
	team  *Team
}

const (
	alone = iota
	together

	// A trial is so many runs, of which the first do not count: helpers are yet to
	// wake up, or to fall asleep.
	trial  = 8
	warmUp = 3

	shortest = 64
	longest  = 4096
)

// Begin takes the team if helpers are to take part in the run that follows.
func (g *Gauge) Begin() *Team {
	if g.runs == 0 {
		g.way, g.runs, g.keep = together, trial, shortest
	}
	g.team = nil
	if g.way == together {
		if g.team = Enter(); g.team == nil {
			return nil
		}
	}
	g.began = time.Now()
	return g.team
}

// End gives the team back. A run that did not get it does not count.
func (g *Gauge) End() {
	if g.team != nil || g.way == alone {
		g.count(time.Since(g.began))
	}
	g.team.Leave()
}

// count counts a run, and chooses the way of the next phase when this one is over.
func (g *Gauge) count(took time.Duration) {
	if g.run >= warmUp {
		g.spent += took
	}
	if g.run++; g.run < g.runs {
		return
	}
	g.took[g.way] = g.spent / time.Duration(g.runs-warmUp)
	g.run, g.spent = 0, 0
	other := 1 - g.way
	if g.runs > trial || g.took[other] == 0 {
		g.way, g.runs = other, trial
		return
	}
	if g.took[g.way] < g.took[other] { // the way that was tried has won
		g.keep = shortest
	} else {
		g.way, g.keep = other, min(2*g.keep, longest)
	}
	g.runs = g.keep
}
