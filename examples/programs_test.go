package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// TestMain makes the folder of the programs that tests share.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "examples")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sharedFolder = folder
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

var (
	sharedFolder string
	shared       = sync.OnceValue(func() error { return build(sharedFolder) })
)

// program returns the file of an example.
func program(t *testing.T, name string) string {
	t.Helper()
	if err := shared(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(sharedFolder, name)
}

// command returns what runs an example, the first of args.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return exec.CommandContext(t.Context(), program(t, args[0]), args[1:]...)
}

// build makes the programs of all examples in a folder, with package kept in them, by one call
// of go. All but cluster, whose flags are variables, are one file by several names. It is linked
// without tables for debuggers, which take half of the time.
func build(folder string) error {
	mains, err := filepath.Glob("*/main.go")
	if err != nil {
		return err
	}
	var joined []string
	for _, main := range mains {
		if name := filepath.Dir(main); name != "cluster" && name != "playground" { // a page, which its check runs
			joined = append(joined, name)
		}
	}
	overlay, err := overlay(joined)
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(overlay))
	c := exec.Command("go", "build", "-o", folder, "-overlay", overlay, "-ldflags=-w", "./all", "./cluster")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", c.Args, err, out)
	}
	exe := ""
	if runtime.GOOS == "windows" {
		exe = ".exe"
	}
	for _, name := range joined {
		if err := os.Link(filepath.Join(folder, "all"+exe), filepath.Join(folder, name+exe)); err != nil {
			return err
		}
	}
	return nil
}
