package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
// of go, which links several at a time. They are linked without tables for debuggers, which take
// half of the time.
func build(folder string) error {
	overlay, err := keptOverlay()
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(overlay))
	args := []string{"build", "-o", folder, "-overlay", overlay, "-ldflags=-w"}
	mains, err := filepath.Glob("*/main.go")
	if err != nil {
		return err
	}
	for _, main := range mains {
		if name := filepath.Dir(main); name != "playground" { // a page, which its check runs
			args = append(args, "./"+name)
		}
	}
	c := exec.Command("go", args...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", c.Args, err, out)
	}
	return nil
}
