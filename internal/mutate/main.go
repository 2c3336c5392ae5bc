// Mutate breaks the code, one rule or kernel at a time, and runs the tests on
// each: a change that no test notices is a hole in the tests. The mutations are
// in lists, a file for each package. From the root of the module:
//
//	go run ./internal/mutate                all of them
//	go run ./internal/mutate -list ops      those of lists/ops.txt
//	go run ./internal/mutate -run ψ         those whose line contains ψ
//
// It works on a copy, in a temporary folder, and exits with 1 if a mutation
// survives, does not compile or no longer applies; the others are tried all the
// same. What go vet says of broken code does not count: only a test can catch it.
package main

import (
	"embed"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed lists/*.txt
var lists embed.FS

// A mutation replaces the only occurrence of old in a file. Its line in a list reads
//
//	file | old | new | packages to test | what is broken
type mutation struct{ file, before, after, packages, what string }

func main() {
	log.SetFlags(0)
	list := flag.String("list", "*", "only the mutations of lists/`name`.txt")
	run := flag.String("run", "", "only the mutations whose line contains this `text`")
	flag.Parse()
	mutations, err := read(*list, *run)
	if err != nil {
		log.Fatal(err)
	}
	count, err := try(mutations)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d mutations, %d caught, %d survived, %d do not apply or compile\n", len(mutations), count[caught], count[survived], count[invalid])
	if count[caught] < len(mutations) {
		os.Exit(1)
	}
}

// read returns the mutations of the lists whose name matches a pattern.
func read(pattern, contains string) ([]mutation, error) {
	names, err := fs.Glob(lists, "lists/"+pattern+".txt")
	if err != nil {
		return nil, err
	}
	var all []mutation
	for _, name := range names {
		text, err := lists.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m, err := parse(name, string(text), contains)
		if err != nil {
			return nil, err
		}
		all = append(all, m...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no mutation of lists/%s.txt contains %q", pattern, contains)
	}
	return all, nil
}

func parse(name, table, contains string) ([]mutation, error) {
	var all []mutation
	for i, line := range strings.Split(table, "\n") {
		if line == "" || strings.HasPrefix(line, "#") || !strings.Contains(line, contains) {
			continue
		}
		f := strings.Split(line, " | ")
		if len(f) != 5 {
			return nil, fmt.Errorf("%s:%d: %d fields, want 5", name, i+1, len(f))
		}
		all = append(all, mutation{f[0], f[1], f[2], f[3], f[4]})
	}
	return all, nil
}

// A verdict is what became of a mutation.
type verdict string

const (
	caught   verdict = "caught"
	survived verdict = "SURVIVED"
	invalid  verdict = "INVALID" // it does not apply or does not compile
)

// try runs the tests on each mutation and counts the verdicts.
func try(mutations []mutation) (map[verdict]int, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, os.DirFS(".")); err != nil {
		return nil, err
	}
	if err := baseline(dir, mutations); err != nil {
		return nil, err
	}
	count := map[verdict]int{}
	for _, m := range mutations {
		v, why, err := m.try(dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", m.file, m.what, err)
		}
		count[v]++
		fmt.Printf("%-9s %-28s %s\n%s", v, m.file, m.what, why)
	}
	return count, nil
}

// baseline returns an error unless the tests pass before anything is broken.
func baseline(dir string, mutations []mutation) error {
	var packages []string
	for _, m := range mutations {
		packages = append(packages, strings.Fields(m.packages)...)
	}
	slices.Sort(packages)
	if out, err := command(dir, "go", goTest(slices.Compact(packages))...); err != nil {
		return fmt.Errorf("the tests fail before anything is broken:\n%s", out)
	}
	return nil
}

// try runs the tests on a mutation and says why it is invalid. It leaves the file as it was.
func (m mutation) try(dir string) (v verdict, why string, err error) {
	path := filepath.Join(dir, filepath.FromSlash(m.file))
	source, broken, err := m.apply(path)
	if err != nil {
		return invalid, err.Error() + "\n", nil
	}
	if err := os.WriteFile(path, broken, 0o644); err != nil {
		return "", "", err
	}
	v = survived
	packages := strings.Fields(m.packages)
	if out, err := command(dir, "go", append([]string{"build"}, packages...)...); err != nil {
		v, why = invalid, out
	} else if _, err := command(dir, "go", goTest(packages, "-failfast")...); err != nil {
		v = caught
	}
	return v, why, os.WriteFile(path, source, 0o644)
}

// goTest returns the arguments of go that test packages.
func goTest(packages []string, flags ...string) []string {
	return slices.Concat([]string{"test", "-vet=off"}, flags, packages)
}

// apply returns a file as it is and as it is broken.
func (m mutation) apply(path string) (source, broken []byte, err error) {
	if source, err = os.ReadFile(path); err != nil {
		return nil, nil, err
	}
	if n := strings.Count(string(source), m.before); n != 1 {
		return nil, nil, fmt.Errorf("%q occurs %d times, want once", m.before, n)
	}
	return source, []byte(strings.Replace(string(source), m.before, m.after, 1)), nil
}

func command(dir, name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}
