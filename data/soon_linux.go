package data

import (
	"os"

	"golang.org/x/sys/unix"
)

// writeSoon tells the system to begin to write a part of a file to the disk.
func writeSoon(f *os.File, from, size int64) {
	_ = unix.SyncFileRange(int(f.Fd()), from, size, unix.SYNC_FILE_RANGE_WRITE)
}
