//go:build !windows

package store

import (
	"errors"
	"os"
	"syscall"
)

func open(name string) (*os.File, error) { return os.Open(name) }

func rename(from, to string) error { return os.Rename(from, to) }

// syncFolder flushes the names in a folder. Where there is no such thing, as on
// some network file systems, there is nothing to do.
func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
