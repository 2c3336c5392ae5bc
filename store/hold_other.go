//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package store

import (
	"io/fs"
	"os"
)

// createHeld makes a new file. Where files cannot be locked, nobody holds one, and
// nobody removes what others left.
func createHeld(name string, permissions fs.FileMode) (*os.File, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, permissions)
}

func removeUnheld(string) {}
