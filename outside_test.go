package adjoint_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The programs that README opens with are complete: in another module, made by the
// commands that README prints, in their order, they build, run and print what
// stands below them. Programs start there only by the version that go.mod pins:
// gorgonia's dependencies refuse today's Go without it.
func TestREADMEPrograms(t *testing.T) {
	_, doors, _ := strings.Cut(readFile(t, "README.md"), "## Three doors")
	blocks := fenced.FindAllStringSubmatch(doors, -1)
	recipe := strings.Split(strings.TrimSpace(blocks[0][2]), "\n")
	for i, door := range []struct {
		file string
		last []string // in the place of the recipe's last command
		same func(got, want string) bool
	}{
		{"main.go", nil, func(got, want string) bool { return got == want }},
		{"main_test.go", []string{"go", "test"}, func(got, want string) bool { return strings.HasPrefix(seconds(got), seconds(want)) }},
		// Of a training, digits may differ from processor to processor.
		{"main.go", nil, func(got, want string) bool { return digits(got) == digits(want) }},
	} {
		program, want := blocks[1+2*i], blocks[2+2*i]
		if program[1] != "go" || want[1] != "" {
			t.Fatalf("the blocks of door %d are of %q and %q", i+1, program[1], want[1])
		}
		if n := lines(program[2]); n > 15 {
			t.Errorf("the program of door %d has %d lines, want at most 15", i+1, n)
		}
		if got := strings.TrimSpace(follow(t, recipe, door.file, program[2], door.last)); !door.same(got, strings.TrimSpace(want[2])) {
			t.Errorf("door %d prints\n%s\nREADME has\n%s", i+1, got, want[2])
		}
	}
}

// follow does what README's recipe says, in a new folder, and returns what the last
// command prints. A comment is where the program is put into its file.
func follow(t *testing.T, recipe []string, file, program string, last []string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, line := range recipe[:len(recipe)-1] {
		words := strings.Fields(strings.ReplaceAll(line, "/path/to/adjoint", root))
		switch words[0] {
		case "mkdir": // and cd: dir
		case "#":
			write(t, filepath.Join(dir, file), program)
		default:
			command(t, dir, words[0], words[1:]...)
		}
	}
	if last == nil {
		last = strings.Fields(recipe[len(recipe)-1])
	}
	c := exec.Command(last[0], last[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -ldflags=-w") // links in half the time
	out, err := c.CombinedOutput()
	if failing := file == "main_test.go"; (err != nil) != failing {
		t.Errorf("%v: %v\n%s", last, err, out)
	}
	return string(out)
}

// lines counts those of the first function of a program.
func lines(program string) int {
	_, body, _ := strings.Cut(program, ") {\n")
	body, _, _ = strings.Cut(body, "\n}\n")
	return 1 + strings.Count(body, "\n")
}

// seconds leaves out how long a test took.
func seconds(s string) string { return regexp.MustCompile(`\(\d+\.\d+s\)`).ReplaceAllString(s, "") }

// digits leaves of numbers, and of the spaces before them, that they are there.
func digits(s string) string { return regexp.MustCompile(` *[\d.]+`).ReplaceAllString(s, " 0") }

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
	for _, module := range []string{".", "exercises"} { // each import is of a package that is there
		command(t, dir, "go", "-C", module, "list", "-deps", "-test", "./...")
	}
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
