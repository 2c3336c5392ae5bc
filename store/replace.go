package store

import (
	"bufio"
	"fmt"
	"io"
)

// A disk is what it takes of a file system to replace a file. Tests have some
// that fail.
type disk interface {
	// create makes a temporary file in the folder of a file to be replaced, with
	// the permissions of that one, and returns the file's path without links. Nobody
	// else removes the temporary file before it is closed.
	create(path string) (f file, target string, err error)
	rename(from, to string) error
	remove(name string) error
	syncFolder(name string) error
}

type file interface {
	io.WriteCloser
	Sync() error
	Name() string
}

// replace makes the file at path hold what write writes, or leaves it as it is.
// The order matters: the bytes have to be on the disk before the name points to
// them, and the name before it is said that they are.
func replace(d disk, path string, write func(io.Writer) error) error {
	f, target, err := d.create(path)
	if err != nil {
		return err
	}
	if err := fill(d, f, target, write); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return d.syncFolder(folderOf(target))
}

// fill writes f and makes it the file at target, or removes it. It closes f last:
// until then the temporary name is safe from others. Because the bytes have been
// flushed, closing has nothing left to lose.
func fill(d disk, f file, target string, write func(io.Writer) error) (err error) {
	renamed := false
	defer func() {
		if !renamed {
			d.remove(f.Name())
		}
		if closing := f.Close(); err == nil {
			err = closing
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	err = d.rename(f.Name(), target)
	renamed = err == nil
	return err
}
