//go:build !linux

package graph

// processLimit is a guess at the memory that this process may have.
func processLimit() uint64 { return 1 << 36 }
