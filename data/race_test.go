//go:build race

package data

// raceEnabled says that the race detector is on. It allocates beside every allocation, so
// that they cannot be measured.
const raceEnabled = true
