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
	trial bool             // this phase is one
	keep  int              // how many runs the next phase of the quicker way has
	run   int              // runs of this phase
	warm  time.Duration    // that the first of them took, which do not count: helpers wake up, or fall asleep
	spent time.Duration    // that the others took, and
	count int              // how many they are
	began time.Time
	team  *Team
}

const (
	alone = iota
	together
)

const (
	// A trial begins with so many runs that do not count, or as long, and ends after
	// so many that do, or as long.
	warmRuns, warmTime   = 3, 100 * time.Microsecond
	trialRuns, trialTime = 5, time.Millisecond

	// The quicker way is kept for so many runs.
	shortest, longest = 64, 4096
)

// Begin takes the team if helpers are to take part in the run that follows.
func (g *Gauge) Begin() *Team {
	if g.keep == 0 {
		g.way, g.trial, g.keep = together, true, shortest
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
		g.add(time.Since(g.began))
	}
	g.team.Leave()
}

// add counts a run, and chooses the way of the next phase when this one is over.
func (g *Gauge) add(took time.Duration) {
	g.run++
	if g.run <= warmRuns && g.warm < warmTime {
		g.warm += took
		return
	}
	g.spent += took
	g.count++
	if g.trial && g.count < trialRuns && g.spent < trialTime || !g.trial && g.run < g.keep {
		return
	}
	g.took[g.way] = g.spent / time.Duration(g.count)
	g.run, g.warm, g.spent, g.count = 0, 0, 0, 0
	g.choose()
}

// choose begins a trial of the other way, or, after one, keeps to the quicker.
func (g *Gauge) choose() {
	other := 1 - g.way
	switch {
	case !g.trial || g.took[other] == 0:
		g.way, g.trial = other, true
	case g.took[g.way] < g.took[other]: // what was tried has won
		g.trial, g.keep = false, shortest
	default:
		g.way, g.trial, g.keep = other, false, min(2*g.keep, longest)
	}
}
