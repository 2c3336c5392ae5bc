package graph

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	hugePage = 2 << 20
	hugeFrom = 2 * hugePage // bytes of an array
)

// large asks the system for large pages of a large array. Trajectories have their rows far apart,
// each on a page of its own; docs/performance.md has what it gains. It is an advice, and no error
// that it is not taken.
func large(array []byte) {
	size := uintptr(len(array))
	if size < hugeFrom {
		return
	}
	skip := -uintptr(unsafe.Pointer(&array[0])) % hugePage // to the first that begins in the array
	_ = unix.Madvise(array[skip:skip+(size-skip)/hugePage*hugePage], unix.MADV_HUGEPAGE)
}
