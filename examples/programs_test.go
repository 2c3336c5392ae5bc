package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// TestMain makes the folder of the programs that tests share. They are linked without tables
// for debuggers, which take half of the time.
func TestMain(m *testing.M) {
	os.Setenv("GOFLAGS", os.Getenv("GOFLAGS")+" -ldflags=-w")
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
	shared       = sync.OnceValue(func() error {
		return build(sharedFolder, nil, "cluster", "deep", "digits", "keras", "lenet", "logistic", "sklearn", "towers", "trace")
	})
)

// program returns the file of an example that several tests run, built without a C compiler.
func program(t *testing.T, name string) string {
	t.Helper()
	if err := shared(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(sharedFolder, name)
}

// command returns what runs such an example, the first of args.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return exec.CommandContext(t.Context(), program(t, args[0]), args[1:]...)
}

// build makes programs of examples in a folder, by one call of go, which links several at a time.
func build(folder string, flags []string, names ...string) error {
	args := append([]string{"build", "-o", folder}, flags...)
	for _, name := range names {
		args = append(args, "./"+name)
	}
	c := exec.Command("go", args...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", c.Args, err, out)
	}
	return nil
}
