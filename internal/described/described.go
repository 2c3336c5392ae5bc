// Package described lists the names by which ops describe themselves, for tests that ask
// whether a translator knows them all.
package described

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// An Op is a name and the file of the op.
type Op struct{ Name, File string }

var call = regexp.MustCompile(`(?:named\(|Description\{(?:Name: )?|comparison\{|extremum\{)"(\w+)"`)

// Ops returns the descriptions in packages ops and graph of the module whose root is given.
func Ops(root string) ([]Op, error) {
	files, err := filepath.Glob(filepath.Join(root, "ops", "*.go"))
	if err != nil {
		return nil, err
	}
	var list []Op
	for _, file := range append(files, filepath.Join(root, "graph", "builtin.go")) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			list = append(list, Op{m[1], file})
		}
	}
	if len(list) < 100 {
		return nil, fmt.Errorf("only %d descriptions found in %s", len(list), root)
	}
	return list, nil
}
