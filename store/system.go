package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// system is the file system of the machine.
type system struct{}

func (system) create(path string) (file, string, error) {
	target, err := follow(path)
	if err != nil {
		return nil, "", err
	}
	permissions := fs.FileMode(0o666) // less what the umask takes
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, "", err
	case info.IsDir():
		return nil, "", fmt.Errorf("%s: there is a folder of that name: %w", target, fs.ErrInvalid)
	case !info.Mode().IsRegular():
		return nil, "", fmt.Errorf("%s: not a regular file: %w", target, fs.ErrInvalid)
	default:
		permissions = info.Mode().Perm()
	}
	removeLeft(target)
	f, err := createTemporary(target, permissions, rand.Uint64)
	if err == nil && info != nil {
		if err = f.Chmod(permissions); err != nil { // to what the umask took
			f.Close()
			os.Remove(f.Name())
		}
	}
	if err != nil {
		var e *fs.PathError
		if errors.As(err, &e) {
			e.Path = target // in place of the temporary name, which nobody knows
		}
		return nil, "", err
	}
	return f, target, nil
}

func (system) rename(from, to string) error { return rename(from, to) }
func (system) remove(name string) error     { return os.Remove(name) }

func (system) syncFolder(name string) error { return syncFolder(name) }

// follow resolves symbolic links: it returns the path of the file that path leads to,
// whether the file exists or not.
func follow(path string) (string, error) {
	const most = 40 // as Linux has it
	for at, links := path, 0; links <= most; links++ {
		to, err := os.Readlink(at)
		if err != nil {
			return at, nil // no link, or nothing
		}
		if !filepath.IsAbs(to) {
			to = folderOf(at) + to
		}
		at = to
	}
	return "", &fs.PathError{Op: "readlink", Path: path, Err: syscall.ELOOP}
}
