package store

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// createHeld makes a new file. Its handle holds it: it lets the file be renamed,
// but not be opened for oneself alone, which removeUnheld does.
func createHeld(name string, _ fs.FileMode) (*os.File, error) {
	return openAs(name, windows.GENERIC_WRITE, windows.FILE_SHARE_READ|windows.FILE_SHARE_DELETE, windows.CREATE_NEW, windows.FILE_ATTRIBUTE_NORMAL)
}

// removeUnheld removes a file unless it is held.
func removeUnheld(name string) {
	f, err := openAs(name, windows.DELETE, 0, windows.OPEN_EXISTING, windows.FILE_FLAG_OPEN_REPARSE_POINT|windows.FILE_FLAG_DELETE_ON_CLOSE)
	if err == nil {
		f.Close()
	}
}

func openAs(name string, access, share, disposition, flags uint32) (*os.File, error) {
	p, err := windows.UTF16PtrFromString(name)
	if err == nil {
		var h windows.Handle
		if h, err = windows.CreateFile(p, access, share, nil, disposition, flags, 0); err == nil {
			return os.NewFile(uintptr(h), name), nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: err}
}
