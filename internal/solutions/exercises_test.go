package exercises

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sheet is the folder that students copy, with the solutions in the place of its stubs
// if solved, and mistakes in them.
func sheet(t *testing.T, solved bool, mistakes []mistake) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	check(t, err)
	dir := t.TempDir()
	check(t, os.CopyFS(dir, os.DirFS(filepath.Join(root, "exercises"))))
	if solved {
		files, err := filepath.Glob("*.go")
		check(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || file == "doc.go" {
				continue
			}
			text, err := os.ReadFile(file)
			check(t, err)
			check(t, os.WriteFile(filepath.Join(dir, file), []byte(broken(t, file, string(text), mistakes)), 0o644))
		}
	}
	if out, err := goIn(dir, "mod", "edit", "-replace", "adjoint="+root).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// broken returns the text of a file with the mistakes that are for it.
func broken(t *testing.T, file, text string, mistakes []mistake) string {
	t.Helper()
	for _, m := range mistakes {
		if m.file != file {
			continue
		}
		if strings.Count(text, m.right) != 1 {
			t.Fatalf("%s has %q %d times", file, m.right, strings.Count(text, m.right))
		}
		text = strings.Replace(text, m.right, m.wrong, 1)
	}
	return text
}

func goIn(dir string, args ...string) *exec.Cmd {
	c := exec.Command("go", args...)
	c.Dir = dir
	return c
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A report is what an autograder reads.
type report struct {
	Points, Of int
	Results    []struct {
		Section, Exercise, Status, Hint string
		Points, Of                      int
	}
}

// grade marks a sheet and returns the report, what is printed, and whether it passes.
func grade(t *testing.T, dir string) (r report, printed string, passes bool) {
	t.Helper()
	file := filepath.Join(dir, "report.json")
	c := goIn(dir, "test", "-v", "-vet=off", "-ldflags=-w") // neither vet nor tables for debuggers change a grade
	c.Env = append(os.Environ(), "GRADES="+file)
	out, err := c.CombinedOutput()
	text, readErr := os.ReadFile(file)
	if readErr != nil {
		t.Fatalf("%v\n%s", readErr, out)
	}
	check(t, json.Unmarshal(text, &r))
	return r, string(out), err == nil
}

// An untouched sheet has no points and does not fail.
func TestUntouched(t *testing.T) {
	r, out, passes := grade(t, sheet(t, false, nil))
	if !passes || r.Points != 0 || r.Of != 44 {
		t.Errorf("%d of %d points, passes: %v\n%s", r.Points, r.Of, passes, out)
	}
	for _, e := range r.Results {
		if e.Status != "untouched" || e.Points != 0 {
			t.Errorf("%s is %s with %d points", e.Exercise, e.Status, e.Points)
		}
	}
	for _, want := range []string{"0 of 2 points: untouched", "2.2 One hidden layer                          0 of  9 points"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// The solutions have all points.
func TestSolutions(t *testing.T) {
	r, out, passes := grade(t, sheet(t, true, nil))
	if !passes || r.Points != r.Of || r.Of != 44 {
		t.Errorf("%d of %d points, passes: %v\n%s", r.Points, r.Of, passes, out)
	}
}
