package adjoint_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// outsideProgram imports this module and nothing else.
const outsideProgram = `package main

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
)

func main() {
	g := graph.New()
	x := ops.Exp(g.Const(2))
	p, err := graph.Compile(graph.Gradient(ops.Mul(x, ops.Mul(x, x)), x)...)
	if err == nil {
		err = p.Run()
	}
	fmt.Println(err)
}
`

// A module outside this one builds and runs by the go mod edit lines of README,
// and its programs start: gorgonia's dependencies refuse today's Go without the
// version that go.mod pins.
func TestUseFromAnotherModule(t *testing.T) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.go"), outsideProgram)
	command(t, dir, "go", "mod", "init", "example")
	edit := commandOfREADME(t, "go mod edit")
	for i := range edit {
		edit[i] = strings.ReplaceAll(edit[i], "/path/to/adjoint", root)
	}
	command(t, dir, edit[0], edit[1:]...)
	command(t, dir, "go", "mod", "tidy")
	if out := command(t, dir, "go", "run", "."); out != "<nil>\n" {
		t.Errorf("the program prints %q", out)
	}
}

// The module path stands in one place for whoever publishes it elsewhere.
func TestRenameModule(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	command(t, dir, "scripts/rename-module.sh", "example.com/you/adjoint")
	if out := command(t, dir, "go", "list", "./ops"); out != "example.com/you/adjoint/ops\n" {
		t.Errorf("ops is %q", out)
	}
	command(t, dir, "go", "vet", "./graph", "./ops", "./examples/logistic")
	command(t, dir, "go", "-C", "exercises", "vet", "./...")
}

// commandOfREADME returns the words of the line of README that begins so.
func commandOfREADME(t *testing.T, prefix string) []string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, prefix) {
			return strings.Fields(line)
		}
	}
	t.Fatalf("README.md has no line that begins %q", prefix)
	return nil
}

func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	c := exec.Command(name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
