package graph

import (
	"sync"

	"golang.org/x/sys/unix"
)

// maxElements is the number of float64 that fit into this machine's memory: a
// larger tensor is refused, because Go cannot recover from asking for it.
var maxElements = sync.OnceValue(func() uint64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 1 << 33
	}
	return uint64(info.Totalram) * uint64(info.Unit) / 8
})
