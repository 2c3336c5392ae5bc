package store

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// A file that is there keeps its permissions, and a new one has the usual.
func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are others there")
	}
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	write := func(name string) error { return Write(at(name), writes([]byte("new"))) }

	check(t, os.WriteFile(at("plain"), nil, 0o644)) // as the umask has it
	plain, err := os.Stat(at("plain"))
	check(t, err)
	check(t, write("new"))
	if info, err := os.Stat(at("new")); err != nil || info.Mode() != plain.Mode() {
		t.Errorf("a new file has mode %v, %v", info.Mode(), err)
	}
	check(t, os.WriteFile(at("private"), nil, 0o600))
	check(t, os.Chmod(at("private"), 0o646))
	check(t, write("private"))
	if info, err := os.Stat(at("private")); err != nil || info.Mode() != 0o646 {
		t.Errorf("a file of mode 0646 has mode %v now, %v", info.Mode(), err)
	}

}

// What a link leads to is written, as open(2) would have it with O_CREAT, and the
// link stays as it is.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links are for administrators there")
	}
	for _, c := range []struct {
		name   string
		links  [][2]string // name and where it points; * is the folder of the test
		target string
	}{
		{"to a file", [][2]string{{"link", "a/file"}}, "a/file"},
		{"to nothing yet", [][2]string{{"link", "a/new"}}, "a/new"},
		{"absolute, to nothing yet", [][2]string{{"link", "*/a/new"}}, "a/new"},
		{"to a link", [][2]string{{"link", "a/next"}, {"a/next", "file"}}, "a/file"},
		{"to a link to nothing yet", [][2]string{{"link", "a/next"}, {"a/next", "b/new"}}, "a/b/new"},
		{"by a folder that is a link", [][2]string{{"deep", "a/b"}, {"link", "deep/../new"}}, "a/new"},
		{"by a folder that is a link, to a link", [][2]string{{"deep", "a/b"}, {"link", "deep/../next"}, {"a/next", "file"}}, "a/file"},
		{"in the folder above", [][2]string{{"a/up", ".."}, {"link", "a/up/other"}}, "other"},
	} {
		folder := t.TempDir()
		at := func(name string) string { return filepath.Join(folder, name) }
		check(t, os.MkdirAll(at("a/b"), 0o755))
		check(t, os.WriteFile(at("a/file"), []byte("old"), 0o644))
		for _, l := range c.links {
			check(t, os.Symlink(strings.Replace(l[1], "*", folder, 1), at(l[0])))
		}
		check(t, Writable(at("link")))
		check(t, Write(at("link"), writes([]byte("new"))))
		if got, err := os.ReadFile(at(c.target)); string(got) != "new" {
			t.Errorf("%s: the file holds %q, %v", c.name, got, err)
		}
		for _, l := range c.links {
			if to, err := os.Readlink(at(l[0])); to != strings.Replace(l[1], "*", folder, 1) {
				t.Errorf("%s: %s points to %q, %v", c.name, l[0], to, err)
			}
		}
		if left := names(t, filepath.Dir(at(c.target))); strings.Contains(strings.Join(left, " "), suffix) {
			t.Errorf("%s: left %q", c.name, left)
		}
	}
}

// What is in the way is named: the folder or the device itself, not the link that
// leads to it.
func TestInTheWay(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links are for administrators there")
	}
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	check(t, os.Mkdir(at("folder"), 0o755))
	check(t, os.WriteFile(at("file"), nil, 0o644))
	socket, err := net.Listen("unix", at("socket")) // what a test may lose, unlike a device
	check(t, err)
	defer socket.Close()
	for name, to := range map[string]string{
		"to folder": "folder", "to socket": "socket", "to nowhere": "nowhere/file", "loop": "loop", "one": "other", "other": "one",
	} {
		check(t, os.Symlink(to, at(name)))
	}
	for _, c := range []struct {
		name string
		kind error
		text string
	}{
		{"folder", fs.ErrInvalid, "folder: there is a folder of that name"},
		{"folder/", fs.ErrInvalid, "folder/: there is a folder of that name"},
		{"folder/..", fs.ErrInvalid, "there is a folder of that name"},
		{"to folder", fs.ErrInvalid, "folder: there is a folder of that name"},
		{"socket", fs.ErrInvalid, "socket: not a regular file"},
		{"to socket", fs.ErrInvalid, "socket: not a regular file"},
		{"nowhere/file", fs.ErrNotExist, "nowhere/file"},
		{"new/", fs.ErrNotExist, "new/"},
		{"to nowhere", fs.ErrNotExist, "nowhere/file"},
		{"file/file", syscall.ENOTDIR, "file/file"},
		{"loop", syscall.ELOOP, "loop"},
		{"one", syscall.ELOOP, "one"},
	} {
		for what, err := range map[string]error{"Writable": Writable(folder + "/" + c.name), "Write": Write(folder+"/"+c.name, writes(nil))} {
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s, %s: %v", what, c.name, err)
			}
			if err != nil && strings.Contains(err.Error(), suffix) {
				t.Errorf("%s, %s: %v names a temporary file", what, c.name, err)
			}
		}
	}
	if left := names(t, folder); len(left) != 9 {
		t.Errorf("left %q", left)
	}
}
