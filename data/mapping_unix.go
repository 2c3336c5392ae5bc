//go:build unix

package data

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapBytes maps size bytes of a file into memory, to be read, or written too.
func mapBytes(f *os.File, size int, write bool) ([]byte, error) {
	access := unix.PROT_READ
	if write {
		access |= unix.PROT_WRITE
	}
	return unix.Mmap(int(f.Fd()), 0, size, access, unix.MAP_SHARED)
}

func unmapBytes(b []byte) error { return unix.Munmap(b) }

// letGo tells the system that no page of b has to stay in the memory of this process; what was written stays in the file.
func letGo(b []byte) { _ = unix.Madvise(b, unix.MADV_DONTNEED) }

// soon tells the system that the pages of b will be read.
func soon(b []byte) { _ = unix.Madvise(b, unix.MADV_WILLNEED) }
