// Package examples_test runs the examples as a user does, and checks what they
// print, and that their formulas are kept by files.
package examples_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var heldOut = regexp.MustCompile(`(?m)^held-out accuracy (\d\.\d{4})\n\z`)

func TestExamples(t *testing.T) {
	named := filepath.Join(t.TempDir(), "named.csv")
	writeNamed(t, named)
	tests := map[string]struct {
		args     []string
		contains []string
		atLeast  float64 // accuracy; 0 for an example that trains nothing
	}{
		"logistic": {contains: []string{"dJ/dw = r₁φ∘rψ∘rσ∘rL∘rmean\n", "step  2000  cost 0.05"}, atLeast: 0.96},
		"sklearn": {contains: []string{"converged true", "The accuracy on the training set: 0.", "The accuracy on the test set: 0."},
			atLeast: 0.9},
		"deep":      {contains: []string{"rφ[2]∘rψ[2]∘rReLU[2]∘rφ[3]∘rψ[3]∘rσ∘rL\n", "cost after iteration  2700"}, atLeast: 0.9},
		"keras":     {contains: []string{"Total params: 625", "Test Loss: 0.", "Test Accuracy: 0.9"}, atLeast: 0.9},
		"digits":    {contains: []string{"Total params: 2,410", "60 epochs"}, atLeast: 0.96},
		"penguins":  {args: []string{"-epochs", "30"}, contains: []string{"island             text          0  3 texts: Biscoe, Dream, Torgersen", "sex                text    one-hot of 3: female, male, (missing)", "logistic regression, held out: "}, atLeast: 0.95},
		"moons":     {contains: []string{"logistic regression, held out: 0.8"}, atLeast: 0.93},
		"chars":     {args: []string{"-steps", "100", "-write", "60"}, contains: []string{"gru of ", "held out 4.1"}},
		"chars ":    {args: []string{"-model", "transformer", "-steps", "40", "-length", "32", "-batch", "8", "-write", "20"}, contains: []string{"transformer of ", "held out "}},
		"series":    {args: []string{"-steps", "60"}, contains: []string{"last year", "LSTM", "650 │"}},
		"lenet":     {args: []string{"-epochs", "1"}, contains: []string{"1 epochs"}},
		"cluster":   {args: []string{"-alone", "-epochs", "1"}, contains: []string{"1 processes, 8 parts: weights "}},
		"towers":    {args: []string{"-epochs", "40"}, contains: []string{"validation loss", "likes: 600 rows", "stars: 600 rows"}, atLeast: 0.88},
		"finetune":  {contains: []string{"loss"}, atLeast: 0.8},
		"customop":  {contains: []string{"dJ/dx = rgaussian∘rq"}},
		"trace":     {contains: []string{"∂L/∂a[1] = rφ[2](ζ) = w[2]ᵀ·ζ", "[0.0802]", "⎡-0.0277  0.0554⎤", "⎣ 0.0174 -0.0348⎦"}},
		"gorgonia":  {contains: []string{"gorgonia"}},
		"logistic ": {args: []string{"-csv", named, "-steps", "300"}, atLeast: 0.9},
		"sklearn ":  {args: []string{"-csv", named}, atLeast: 0.9},
		"deep ":     {args: []string{"-csv", named, "-steps", "500"}, atLeast: 0.9},
		"keras ":    {args: []string{"-csv", named, "-epochs", "30", "-quiet"}, atLeast: 0.9},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			out := run(t, strings.TrimSpace(name), c.args...)
			for _, s := range c.contains {
				if !strings.Contains(out, s) {
					t.Errorf("no %q in\n%s", s, out)
				}
			}
			m := heldOut.FindStringSubmatch(out)
			if c.atLeast == 0 {
				return
			}
			if m == nil {
				t.Fatalf("the last line is no held-out accuracy:\n%s", out)
			}
			if a, _ := strconv.ParseFloat(m[1], 64); a < c.atLeast {
				t.Errorf("held-out accuracy %s, want at least %g", m[1], c.atLeast)
			}
		})
	}
}

// A main.go has at most 80 lines.
func TestExamplesAreShort(t *testing.T) {
	files, err := filepath.Glob("*/main.go")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > 80 {
			t.Errorf("%s has %d lines", f, n)
		}
	}
}

// Bad input ends with a message that names the place, not with a panic.
func TestBadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(path, []byte("a,b,label\n1,2,0\n3,x,1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"logistic", "sklearn", "deep", "keras"} {
		out, err := command(t, name, "-csv", path).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "bad.csv:3:3") || strings.Contains(string(out), "panic") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// run runs an example whose formulas have to go through a file, and returns what it prints.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program(t, name), args...)
	var said strings.Builder
	command.Stderr = &said
	out, err := command.Output()
	if err != nil || !strings.Contains(said.String(), "kept: ") {
		t.Fatalf("%v: %v\n%s%s", command.Args, err, out, &said)
	}
	return string(out)
}

// writeNamed writes a file whose label is last and is a name: two clouds.
func writeNamed(t *testing.T, path string) {
	t.Helper()
	var b strings.Builder
	for i := range 200 {
		x := float64(i%20)/10 - 1
		label := "g"
		if i%2 == 0 {
			x, label = x+3, "h"
		}
		b.WriteString(strconv.FormatFloat(x, 'g', -1, 64) + "," + strconv.Itoa(i%7) + "," + label + "\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
