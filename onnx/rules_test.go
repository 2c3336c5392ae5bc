package onnx

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/onnx/internal/samples"

	"gorgonia.org/tensor"
)

// Every rule is one that the samples, which check.sh runs, apply.
func TestEveryRuleHasASample(t *testing.T) {
	f := samples.Build(tensor.Float64, samples.All())
	low := newLowering()
	var y []*graph.Node
	for _, n := range f.Outputs {
		y = append(y, low.lower(n))
	}
	applied := map[string]bool{}
	for _, n := range cone(y, reads) {
		d, _ := description(n)
		applied[d.Name] = true
	}
	for name := range rules {
		if !applied[name] {
			t.Errorf("no sample of %s", name)
		}
	}
}

// Every op that describes itself has a rule, or else a definition.
func TestEveryOpHasARule(t *testing.T) {
	without := []string{
		"Const", // not an op of its operands: see filled
		"Gate",  // made by Compile only
		"Layer",
		"CrossEntropyFromLogits", // by definition
		"SparseCrossEntropyFromLogits",
	}
	described := regexp.MustCompile(`(?:named\(|Description\{(?:Name: )?|comparison\{|extremum\{)"(\w+)"`)
	files, err := filepath.Glob("../ops/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range append(files, "../graph/builtin.go") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range described.FindAllStringSubmatch(string(text), -1) {
			found++
			if rules[m[1]] == nil && !slices.Contains(without, m[1]) {
				t.Errorf("%s: no rule for %s", file, m[1])
			}
		}
	}
	if found < 80 {
		t.Errorf("only %d descriptions found", found)
	}
}
