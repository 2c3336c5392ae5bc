//go:build race

package kernel

// The race detector makes sync.Pool forget.
const raceEnabled = true
