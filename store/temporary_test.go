package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// needsHolds skips a test where files cannot be held: see hold_other.go.
func needsHolds(t *testing.T) {
	switch runtime.GOOS {
	case "darwin", "dragonfly", "freebsd", "linux", "netbsd", "openbsd", "windows":
		return
	}
	t.Skip("files cannot be held here")
}

// Of all that lies beside a file, only temporary files of its own that nobody
// holds are removed by the next Write.
func TestSettle(t *testing.T) {
	needsHolds(t)
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	keep := []string{".file.tmp.other", ".file.x.tmp", ".other.1.tmp", "file.1.tmp"}
	for _, name := range append(keep, ".file.1.tmp", ".file.18446744073709551615.tmp") {
		check(t, os.WriteFile(at(name), nil, 0o600))
	}
	check(t, os.Mkdir(at(".file.2.tmp"), 0o755))
	if runtime.GOOS != "windows" {
		check(t, os.Chmod(at(".file.1.tmp"), 0o400)) // like the file that it was to replace
	}
	check(t, Write(at("file"), writes(content('a'))))
	want := []string{".file.2.tmp", ".file.tmp.other", ".file.x.tmp", ".other.1.tmp", "file", "file.1.tmp"}
	if got := names(t, folder); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("left %q", got)
	}
}

// The temporary file of a writer that is at work stays, in this process and in
// another, whoever else writes meanwhile; and each is done.
func TestSettleSparesLiveWriters(t *testing.T) {
	needsHolds(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	other := process(t, "write slowly", path)
	output, err := other.StdoutPipe()
	check(t, err)
	check(t, other.Start())
	_, err = io.ReadFull(output, make([]byte, len("begun\n")))
	check(t, err)

	err = Write(path, func(w io.Writer) error {
		check(t, Write(path, writes(content('b'))))
		check(t, Writable(path))
		if left := names(t, folder); len(left) != 3 {
			t.Errorf("%q, want the file and two of live writers", left)
		}
		return writes(content('c'))(w)
	})
	check(t, err)
	if got, err := os.ReadFile(path); !bytes.Equal(got, content('c')) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if left := names(t, folder); len(left) != 2 {
		t.Errorf("%q, want the file and that of the other process", left)
	}
	check(t, other.Process.Kill())
	if err := other.Wait(); err == nil {
		t.Error("it ended by itself")
	}
	check(t, Write(path, writes(content('d'))))
	if left := names(t, folder); len(left) != 1 {
		t.Errorf("%q, want the file alone: the other process is dead", left)
	}
}

// writeSlowly writes half of a file, says so, and waits for its death.
func writeSlowly(files []string) error {
	return Write(files[0], func(w io.Writer) error {
		if err := writes(content('a'))(w); err != nil {
			return err
		}
		if _, err := io.WriteString(os.Stdout, "begun\n"); err != nil {
			return err
		}
		select {}
	})
}

// Processes of several goroutines write one file, and one checks it: each Write
// succeeds, the file is whole at any time and the last one's in the end, and
// nothing is left beside it.
func TestConcurrentWriters(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	check(t, Write(path, writes(content('a'))))
	var writers sync.WaitGroup
	for _, letter := range []string{"b", "c", "d"} {
		writers.Go(func() {
			if out, err := process(t, "write often", path, letter).Output(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		writers.Wait()
		close(done)
	}()
	for whole := true; whole; {
		got, err := read(path, io.ReadAll)
		check(t, err)
		if whole = len(got) > 0 && bytes.Equal(got, content(got[0])); !whole {
			t.Errorf("%d bytes %q…", len(got), got[:min(len(got), 1)])
		}
		select {
		case <-done:
			whole = false
		default:
		}
	}
	<-done
	check(t, Write(path, writes(content('e'))))
	got, err := os.ReadFile(path)
	check(t, err)
	if left := names(t, folder); !bytes.Equal(got, content('e')) || len(left) != 1 {
		t.Errorf("%q…, left %q", got[:1], left)
	}
}

// writeOften is a writer of TestConcurrentWriters.
func writeOften(files []string) error {
	errs := make([]error, 4)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for range 25 {
				errs[i] = errors.Join(errs[i], Writable(files[0]), Write(files[0], writes(content(files[1][0]))))
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// A temporary file is new: what has its name already, be it a file or a link to
// one, is not written to.
func TestTemporaryIsNew(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	check(t, os.WriteFile(at("victim"), []byte("mine"), 0o600))
	check(t, os.WriteFile(at(".file.1.tmp"), []byte("mine"), 0o600))
	taken := []string{"victim", ".file.1.tmp"}
	if runtime.GOOS != "windows" { // where links are for administrators
		check(t, os.Symlink("victim", at(".file.2.tmp")))
		taken = append(taken, ".file.2.tmp")
	}
	check(t, os.Mkdir(at(".file.3.tmp"), 0o755))
	number := uint64(0)
	f, err := createTemporary(at("file"), 0o600, func() uint64 { number++; return number })
	check(t, err)
	_, err = f.Write([]byte("new"))
	check(t, errors.Join(err, f.Close()))
	for _, name := range taken {
		if got, err := os.ReadFile(at(name)); string(got) != "mine" {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
	got, err := os.ReadFile(f.Name())
	if number < uint64(len(taken)) || string(got) != "new" || filepath.Dir(f.Name()) != folder {
		t.Errorf("%s holds %q, %v", f.Name(), got, err)
	}
}

// Names as long as the system allows work, of whatever characters.
func TestLongNames(t *testing.T) {
	longest := 255 // bytes of a name on Linux
	for _, name := range []string{
		strings.Repeat("x", 100), strings.Repeat("x", 101), strings.Repeat("x", 240), strings.Repeat("x", longest),
		"x" + strings.Repeat("é", 120), strings.Repeat("日本", 40), strings.Repeat("𝜁", 60), strings.Repeat("\x80", 240),
	} {
		folder := t.TempDir()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil || names(t, folder)[0] != name {
			t.Logf("%q: %v: no such names here", name, err)
			continue
		}
		check(t, Write(path, writes(content('a'))))
		if left := names(t, folder); len(left) != 1 || left[0] != name {
			t.Errorf("left %q", left)
		}
		temporary := prefix(path) + strings.Repeat("9", len("18446744073709551615")) + suffix
		if len(temporary) > 143 { // bytes of a name on eCryptfs, the shortest in use
			t.Errorf("%q has %d bytes", temporary, len(temporary))
		}
		if cut := strings.Trim(prefix(path), "."); !strings.HasPrefix(name, cut) || len(cut) < min(len(name), 96) {
			t.Errorf("%q of %q", cut, name)
		} else if !strings.Contains(name, "\x80") && strings.ToValidUTF8(cut, "") != cut {
			t.Errorf("%q ends in half a character", cut)
		}
	}
	if err := Write(filepath.Join(t.TempDir(), strings.Repeat("x", math.MaxInt16)), writes(nil)); err == nil || errors.Is(err, fs.ErrExist) {
		t.Errorf("a name that is too long: %v", err)
	}
}
