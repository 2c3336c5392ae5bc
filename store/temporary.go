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

// The temporary file of a file NAME is called .NAME.NUMBER.tmp. Its writer holds a lock
// on it until it is closed or the process ends. A temporary file without a lock was left
// by a process that was killed, and the next writer removes it. createHeld and
// removeUnheld depend on the operating system.
const suffix = ".tmp"

// prefix returns the beginning of the names of the temporary files of the file at path.
// Long names are cut, because most systems allow no more than 255 bytes, and some 143.
// Several files may share a prefix: a temporary file that is not locked is of no use to
// any of them.
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

// folderOf returns the folder of the file at path, with a separator at its end. Unlike
// filepath.Dir it does not remove "..", whose meaning depends on links.
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

// removeLeft removes the temporary files of the file at path that are not locked. It
// ignores errors: the file can be replaced anyway.
func removeLeft(path string) {
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
