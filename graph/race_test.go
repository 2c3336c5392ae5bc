//go:build race

package graph_test

// raceEnabled says that the race detector is on. It makes sync.Pool forget at
// random, so that allocations cannot be counted.
const raceEnabled = true
