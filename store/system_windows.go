package store

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// open opens a file to read it. Unlike os.Open it lets it be replaced meanwhile.
func open(name string) (*os.File, error) {
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	return openAs(name, windows.GENERIC_READ, share, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL)
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
