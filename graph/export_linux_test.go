package graph

import "io/fs"

// GroupLimit returns the limit of the control groups that these files describe.
func GroupLimit(files fs.FS) uint64 { return groupLimit(files) }

// LimitLeft returns what a resource limit leaves of the address space, if files say how
// much of it is in use.
func LimitLeft(files fs.FS, limit uint64) uint64 { return left(limit, inUse(files, statmSize)) }
