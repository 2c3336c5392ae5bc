//go:build !unix

package data

import (
	"errors"
	"io"
	"os"
)

// mapBytes reads the file: here files are not mapped into memory, and tables have to fit it.
func mapBytes(f *os.File, size int, write bool) ([]byte, error) {
	b := make([]byte, size)
	if _, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b, nil
}

func unmapBytes([]byte) error { return nil }
func letGo([]byte)            {}
func soon([]byte)             {}
