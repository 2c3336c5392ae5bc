package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

var errFault = errors.New("fault")

// faulty is a disk on which the operation number at of a kind fails, and all that
// follow too if it is dead from there on. A write that fails has written half.
type faulty struct {
	disk
	kind string // "create", "write", "sync", "close", "rename", "remove", "folder" or "any"
	at   int
	dead bool

	n     int
	fired bool
}

// fails counts an operation and reports whether it fails.
func (d *faulty) fails(kind string) bool {
	if d.dead && d.fired {
		return true
	}
	if d.kind != kind && d.kind != "any" {
		return false
	}
	d.n++
	if d.n-1 != d.at {
		return false
	}
	d.fired = true
	return true
}

func (d *faulty) create(path string) (file, string, error) {
	if d.fails("create") {
		return nil, "", errFault
	}
	f, target, err := d.disk.create(path)
	return &faultyFile{f, d}, target, err
}

func (d *faulty) rename(from, to string) error {
	if d.fails("rename") {
		return errFault
	}
	return d.disk.rename(from, to)
}

func (d *faulty) remove(name string) error {
	if d.fails("remove") {
		return errFault
	}
	return d.disk.remove(name)
}

func (d *faulty) syncFolder(name string) error {
	if d.fails("folder") {
		return errFault
	}
	return d.disk.syncFolder(name)
}

type faultyFile struct {
	file
	d *faulty
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if f.d.fails("write") {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, errFault
	}
	return f.file.Write(p)
}

func (f *faultyFile) Sync() error {
	if f.d.fails("sync") {
		return errFault
	}
	return f.file.Sync()
}

func (f *faultyFile) Close() error {
	err := f.file.Close()
	if f.d.fails("close") {
		return errFault
	}
	return err
}

// content is what a file has before and after, several buffers long.
func content(of byte) []byte { return bytes.Repeat([]byte{of}, 200_000) }

func writes(content []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		for len(content) > 0 {
			n := min(len(content), 30_000)
			if _, err := w.Write(content[:n]); err != nil {
				return err
			}
			content = content[n:]
		}
		return nil
	}
}

// Whichever operation fails, the file is the one before or the one after; it is
// the one after only if all that failed was to close it or to flush the folder, and
// an error is always told.
func TestEveryFaultLeavesAWholeFile(t *testing.T) {
	for _, kind := range []string{"create", "write", "sync", "rename", "close", "folder", "any"} {
		for _, dead := range []bool{false, true} {
			fired := 0
			for at := 0; ; at++ {
				folder := t.TempDir()
				path := filepath.Join(folder, "file")
				check(t, os.WriteFile(path, content('a'), 0o600))
				d := &faulty{disk: system{}, kind: kind, at: at, dead: dead}
				err := replace(d, path, writes(content('b')))
				if !d.fired {
					check(t, err)
					break
				}
				fired++
				got, readErr := os.ReadFile(path)
				check(t, readErr)
				after := bytes.Equal(got, content('b'))
				if !errors.Is(err, errFault) || !after && !bytes.Equal(got, content('a')) || after && !isLate(kind) && kind != "any" {
					t.Errorf("%s %d failed: %v; the file holds %d bytes %q…", kind, at, err, len(got), got[:min(len(got), 1)])
				}
				if names := names(t, folder); !dead && len(names) != 1 {
					t.Errorf("%s %d failed: it left %q", kind, at, names)
				}
				removeLeft(path)
				if names := names(t, folder); len(names) != 1 {
					t.Errorf("%s %d failed: %q are there for good", kind, at, names)
				}
			}
			if want := map[string]int{"write": 4, "any": 9}[kind]; fired < max(want, 1) {
				t.Errorf("%d faults of kind %s", fired, kind)
			}
		}
	}
}

// isLate reports whether a kind of operation comes when the file is the new one.
func isLate(kind string) bool { return kind == "close" || kind == "folder" }

// An error or a panic of what writes leaves the file as it was.
func TestWriterThatFails(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	check(t, os.WriteFile(path, content('a'), 0o600))
	err := Write(path, func(w io.Writer) error {
		if _, err := w.Write(content('b')); err != nil {
			return err
		}
		return errFault
	})
	if !errors.Is(err, errFault) {
		t.Error(err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = Write(path, func(w io.Writer) error { panic("at the disco") })
	}()
	got, err := os.ReadFile(path)
	check(t, err)
	if names := names(t, folder); !bytes.Equal(got, content('a')) || len(names) != 1 {
		t.Errorf("%d bytes %q…, and %q", len(got), got[0], names)
	}
}

// Writable says beforehand what Write would say, and leaves everything as it is.
func TestWritable(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	check(t, os.WriteFile(at("file"), content('a'), 0o600))
	check(t, os.Mkdir(at("folder"), 0o755))
	for name, want := range map[string]error{
		"file": nil, "new": nil, "folder": fs.ErrInvalid, "nowhere/file": fs.ErrNotExist, "file/file": syscall.ENOTDIR,
	} {
		if err := Writable(at(name)); !errors.Is(err, want) || err != nil && !strings.Contains(err.Error(), at(name)+": ") {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if err := Write(at(name), writes([]byte("new"))); !errors.Is(err, want) {
			t.Errorf("%s: Write says %v, want %v", name, err, want)
		}
		check(t, os.WriteFile(at("file"), content('a'), 0o600))
		os.Remove(at("new"))
	}
	for range 2 {
		check(t, Writable(at("file")))
		check(t, Writable(at("new")))
	}
	if got, err := os.ReadFile(at("file")); !bytes.Equal(got, content('a')) || strings.Join(names(t, folder), " ") != "file folder" {
		t.Errorf("%d bytes, %v; left %q", len(got), err, names(t, folder))
	}
}

func names(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	check(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
