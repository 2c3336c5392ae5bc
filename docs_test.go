package adjoint_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The programs of these documents, with the output below each, are the examples of a
// test file, all of them and in their order.
func TestDocumentsShowExamples(t *testing.T) {
	for doc, file := range map[string]string{"docs/pitfalls.md": "pitfalls_test.go", "docs/lecture.md": "lecture_test.go"} {
		var shown, tested []string
		blocks := fenced.FindAllStringSubmatch(readFile(t, doc), -1)
		for i, b := range blocks {
			if b[1] != "go" {
				continue
			}
			if i+1 == len(blocks) || blocks[i+1][1] != "" {
				t.Fatalf("%s: no output below\n%s", doc, b[2])
			}
			shown = append(shown, b[2]+"// Output:\n"+regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(blocks[i+1][2], "// $1"))
		}
		for _, m := range regexp.MustCompile(`(?ms)^func Example_\w+\(\) {\n(.*?)^}$`).FindAllStringSubmatch(readFile(t, file), -1) {
			tested = append(tested, regexp.MustCompile(`(?m)^\t`).ReplaceAllString(m[1], ""))
		}
		if len(tested) == 0 || len(shown) != len(tested) {
			t.Errorf("%s shows %d programs, %s has %d", doc, len(shown), file, len(tested))
			continue
		}
		for i := range shown {
			if shown[i] != tested[i] {
				t.Errorf("%s shows\n%s\n%s has\n%s", doc, shown[i], file, tested[i])
			}
		}
	}
}

var (
	link     = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	testName = regexp.MustCompile("`(Test\\w+)(/[^`]*)?`")
	program  = regexp.MustCompile(`go run (\./[\w/]+)`)
	escaped  = regexp.MustCompile("`go [^`]*\\\\\\|[^`]*`")
	code     = regexp.MustCompile("`[^`\n]*`")
	fenced   = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
)

// Every file, test, example and program that a document names is there, and commands
// can be copied out of tables.
func TestDocumentsReferToWhatIsThere(t *testing.T) {
	documents, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := sources(t, "_test.go")
	for _, doc := range append(documents, "README.md", "CONTRIBUTING.md", "exercises/README.md") {
		text := fenced.ReplaceAllString(readFile(t, doc), "")
		for _, m := range escaped.FindAllString(text, -1) {
			t.Errorf(`%s: a command cannot be copied with \| in it: %s`, doc, m)
		}
		for _, m := range program.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("%s: %s: %v", doc, m[0], err)
			}
		}
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(doc), m[1])); err != nil {
				t.Errorf("%s: %v", doc, err)
			}
		}
		for _, m := range testName.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(tests, "func "+m[1]+"(") {
				t.Errorf("%s: no test is called %s", doc, m[1])
			}
			if sub := strings.TrimPrefix(m[2], "/"); sub != "" && !strings.Contains(tests, `"`+sub+`"`) {
				t.Errorf("%s: no subtest of %s is called %q", doc, m[1], sub)
			}
		}
	}
}

// README links to every example.
func TestREADMENamesExamples(t *testing.T) {
	programs, err := filepath.Glob("examples/*/main.go")
	if err != nil || len(programs) == 0 {
		t.Fatal(programs, err)
	}
	text := readFile(t, "README.md")
	for _, p := range programs {
		if !strings.Contains(text, "]("+filepath.ToSlash(p)+")") {
			t.Errorf("README.md has no link to %s", p)
		}
	}
}

// sources returns the text of all files of this module that end so.
func sources(t *testing.T, suffix string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(".", func(path string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, suffix) {
			all.WriteString(readFile(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// Every package that others may import says what it is and has a runnable example.
func TestEveryPackageHasExamples(t *testing.T) {
	lists, err := filepath.Glob("api/*.txt")
	if err != nil || len(lists) == 0 {
		t.Fatal("no lists of exported names", err)
	}
	for _, list := range lists {
		folder := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(list), ".txt"), "-", "/")
		if !strings.Contains(readFile(t, filepath.Join(folder, "doc.go")), "\npackage ") {
			t.Errorf("%s/doc.go has no package", folder)
		}
		files, err := filepath.Glob(filepath.Join(folder, "example*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		examples := ""
		for _, f := range files {
			examples += readFile(t, f)
		}
		output := "// Output:"
		if folder == "cluster" { // MPI has to be there, and to start it
			output = ""
		}
		if !regexp.MustCompile(`(?s)\nfunc Example\w*\(\) \{.*` + output).MatchString(examples) {
			t.Errorf("%s has no runnable example", folder)
		}
	}
}
