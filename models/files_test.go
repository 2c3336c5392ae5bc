package models

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each file of the package is of a subject that doc.go has, and each of these has files.
func TestFilesHaveSubjects(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	subjects := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^//	(\w+)\.go  `).FindAllStringSubmatch(string(text), -1) {
		subjects[m[1]] = 0
	}
	for _, house := range []string{"doc", "errors", "example", "helpers", "files"} {
		subjects[house] = 0
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimSuffix(file, ".go"), "_test")
		subject, _, _ := strings.Cut(name, "_")
		if _, ok := subjects[subject]; !ok {
			t.Errorf("%s is of no subject that doc.go has; its first word is one", file)
		}
		subjects[subject]++
	}
	for subject, n := range subjects {
		if n == 0 {
			t.Errorf("doc.go has the subject %s, and no file has", subject)
		}
	}
}
