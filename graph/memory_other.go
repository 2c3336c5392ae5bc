//go:build !linux

package graph

import "math"

// processLimit is a guess at the memory that this process may have.
func processLimit() uint64 { return min(1<<36, math.MaxInt) }
