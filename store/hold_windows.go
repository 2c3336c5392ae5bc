package store

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// createHeld makes a new file. Its handle holds it: it lets the file be renamed,
// but not be opened for oneself alone, which removeUnheld does.
func createHeld(name string, _ fs.FileMode) (*os.File, error) {
	h, err := open(name, windows.GENERIC_WRITE, windows.FILE_SHARE_READ|windows.FILE_SHARE_DELETE, windows.CREATE_NEW, windows.FILE_ATTRIBUTE_NORMAL)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(h), name), nil
}

// removeUnheld removes a file unless it is held.
func removeUnheld(name string) {
	h, err := open(name, windows.DELETE, 0, windows.OPEN_EXISTING, windows.FILE_FLAG_OPEN_REPARSE_POINT|windows.FILE_FLAG_DELETE_ON_CLOSE)
	if err == nil {
		windows.CloseHandle(h)
	}
}

func open(name string, access, share, disposition, flags uint32) (windows.Handle, error) {
	p, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return windows.InvalidHandle, err
	}
	return windows.CreateFile(p, access, share, nil, disposition, flags, 0)
}

// rename renames a file. While another process has the file that is replaced
// open, or replaces it too, the system refuses; that passes.
func rename(from, to string) error {
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		err := os.Rename(from, to)
		busy := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if !busy || time.Now().After(end) {
			return err
		}
	}
}

// syncFolder does nothing: the names in a folder cannot be flushed.
func syncFolder(string) error { return nil }
