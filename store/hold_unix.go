//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package store

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// createHeld makes a new file and holds it by a lock, which goes with the last
// descriptor of the file: with Close, or with the process. Where files cannot be
// locked, as on some network file systems, nobody can lock it to remove it either.
func createHeld(name string, permissions fs.FileMode) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, permissions)
	if err != nil {
		return nil, err
	}
	// Before it was locked, removeUnheld may have taken it for one that was left.
	locked := lock(f, unix.LOCK_EX)
	if errors.Is(locked, unix.EWOULDBLOCK) || locked == nil && !isAt(f, name) {
		f.Close()
		return nil, fs.ErrExist
	}
	return f, nil
}

// removeUnheld removes a file unless it is held. It opens it for reading: the
// permissions of a file that cannot be written forbid no more.
func removeUnheld(name string) {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && lock(f, unix.LOCK_SH) == nil {
		os.Remove(name)
	}
}

// lock locks a file, or says at once that another has.
func lock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// isAt reports whether f is the file of that name.
func isAt(f *os.File, name string) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(name)
	return err == nil && os.SameFile(opened, named)
}
