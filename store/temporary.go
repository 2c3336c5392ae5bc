package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The temporary file of a file NAME is called .NAME.NUMBER.tmp. Its writer holds
// it until it is closed, by a lock that ends with the process. One that nobody
// holds was left by a process that was killed, and the next writer removes it.
// See createHeld and removeUnheld, which each system has its own of.
const suffix = ".tmp"

// prefix is how the names of the temporary files of the file at path begin. Long
// names are cut, because most systems allow no more than 255 bytes, and some 143.
// Files may share a prefix: what nobody holds is left over, whosever it is.
func prefix(path string) string {
	const most = 100
	_, name := filepath.Split(path)
	if len(name) > most {
		end := most
		for end > most-utf8.UTFMax && !utf8.RuneStart(name[end]) {
			end-- // since some systems refuse half a character
		}
		name = name[:end]
	}
	return "." + name + "."
}

// folderOf returns the folder of the file at path, to which a name can be added.
// Unlike filepath.Dir it leaves the .. in it to the system, which knows where
// links lead.
func folderOf(path string) string {
	if folder, _ := filepath.Split(path); folder != "" {
		return folder
	}
	return "." + string(filepath.Separator)
}

// createTemporary makes a temporary file for the file at path. Its name has the
// first number for which there is no such file yet.
func createTemporary(path string, permissions fs.FileMode, number func() uint64) (*os.File, error) {
	for {
		name := prefix(path) + strconv.FormatUint(number(), 10) + suffix
		f, err := createHeld(folderOf(path)+name, permissions)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// settle removes the temporary files of the file at path that nobody holds. What
// cannot be removed stays: a file can be replaced all the same.
func settle(path string) {
	folder, err := os.Open(folderOf(path))
	if err != nil {
		return
	}
	defer folder.Close()
	names, _ := folder.Readdirnames(-1)
	for _, name := range names {
		rest, ours := strings.CutPrefix(name, prefix(path))
		number, temporary := strings.CutSuffix(rest, suffix)
		if ours && temporary && strings.Trim(number, "0123456789") == "" {
			removeUnheld(folderOf(path) + name)
		}
	}
}
