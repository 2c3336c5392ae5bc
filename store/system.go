package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// system is the file system of the machine.
type system struct{}

// Temporary files are called .NAME.NUMBER.tmp.
func prefix(path string) string { return "." + filepath.Base(path) + "." }

const suffix = ".tmp"

func (system) create(path string) (file, string, error) {
	permissions := fs.FileMode(0o666) // less what the umask takes
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, "", err
	case !info.Mode().IsRegular():
		return nil, "", fmt.Errorf("%s: not a regular file: %w", path, fs.ErrInvalid)
	default:
		permissions = info.Mode().Perm()
	}
	for {
		name := filepath.Join(filepath.Dir(path), fmt.Sprint(prefix(path), rand.Uint64(), suffix))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, permissions)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil && info != nil {
			err = f.Chmod(permissions) // what the umask took
		}
		if err != nil && f != nil {
			f.Close()
			os.Remove(name)
		}
		var e *fs.PathError
		if errors.As(err, &e) {
			e.Path = path // which is the name that the caller knows
		}
		return f, path, err
	}
}

func (system) rename(from, to string) error { return os.Rename(from, to) }
func (system) remove(name string) error     { return os.Remove(name) }

// syncFolder flushes the names in a folder. Where there is no such thing, on
// Windows and on some network file systems, there is nothing to do.
func (system) syncFolder(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
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

// removeTemporaries removes the temporary files of the file at path, "" for none.
func removeTemporaries(path string) error {
	if path == "" {
		return nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		middle, ok := strings.CutPrefix(e.Name(), prefix(path))
		middle, found := strings.CutSuffix(middle, suffix)
		if ok && found && strings.Trim(middle, "0123456789") == "" {
			if err := os.Remove(filepath.Join(filepath.Dir(path), e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
