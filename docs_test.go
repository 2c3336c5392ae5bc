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

// The first Go block of README is the body of Example, which is tested.
func TestREADMEShowsTheExample(t *testing.T) {
	readme, example := readFile(t, "README.md"), readFile(t, "example_test.go")
	_, block, _ := strings.Cut(readme, "```go\n")
	block, _, ok := strings.Cut(block, "```")
	if !ok {
		t.Fatal("README.md has no Go block")
	}
	if n := strings.Count(block, "\n"); n > 15 {
		t.Errorf("the first block has %d lines, want at most 15", n)
	}
	indented := regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(block, "\t$1")
	if !strings.Contains(example, "func Example() {\n"+indented) {
		t.Error("the first Go block of README.md is not the body of Example in example_test.go")
	}
}

var (
	link     = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	testName = regexp.MustCompile("`(Test\\w+)(/[^`]*)?`")
)

// Every file, test and example that a document names is there.
func TestDocumentsReferToWhatIsThere(t *testing.T) {
	documents, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := sources(t, "_test.go")
	for _, doc := range append(documents, "README.md", "CONTRIBUTING.md", "exercises/README.md") {
		text := readFile(t, doc)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
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
