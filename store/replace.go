package store

import (
	"bufio"
	"fmt"
	"io"
)

// A disk holds the operations of a file system that replace a file. Tests have disks
// whose operations fail.
type disk interface {
	// create makes a temporary file in the folder of the file to be replaced, with
	// its permissions. target is the path of that file with links resolved. No other
	// process removes the temporary file before it is closed.
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

// replace replaces the contents of the file at path by what write writes, or leaves the
// file unchanged. The order matters: the contents have to be on the disk before the name
// points to them, and the name before replace returns.
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

// fill writes f and renames it to target, or removes it. It closes f last: until then
// other processes leave the temporary file alone. The contents have been flushed before,
// so closing cannot lose any.
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
