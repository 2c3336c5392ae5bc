package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adjoint/bench/internal/record"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The tables of recorded lines: the figures are made up, so that every ratio can be
// read off. In the three rounds of W3 NumPy takes 10, 20 and 30 times as long: of
// the ratio that is the median, 20, which the medians 4 µs and 100 µs would not give.
func TestTables(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"-lines", "testdata/lines.json"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	golden := filepath.Join("testdata", "tables.md")
	if *update {
		if err := os.WriteFile(golden, stdout.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), stdout.String()); d != "" {
		t.Errorf("%s (-want +got):\n%s", golden, d)
	}
	for _, s := range []string{
		"| W3, float32 | 4.00 µs | 100 µs (20.0×) |",
		"| geometric mean |  | 2.00× |", // of 1 and 4
		"- torch is missing in W3: No module named 'torch'",
	} {
		if !strings.Contains(stdout.String(), s) {
			t.Errorf("the tables lack %q", s)
		}
	}
}

func TestShort(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.0123: "0.0123", 0.5: "0.500", 9.999: "10.00", 12.34: "12.3", 999.9: "1000", 1234.5: "1234"} {
		if got := short(x); got != want {
			t.Errorf("short(%g) = %q, want %q", x, got, want)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-works W0", `-works "W0", want some of W1,W2`},
		{"-works ,", "-works is empty"},
		{"-peers keras", `-peers "keras", want some of gorgonia,numpy`},
		{"-n 0", "-n 0, want at least 1"},
		{"-threads 0", "-threads 0, want at least 1"},
		{"-dtype int8", `-dtype "int8", want float32 or float64`},
		{"W1", `unexpected argument "W1"`},
		{"-m 3", "flag provided but not defined: -m"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), strings.Fields(c.args), &stdout, &stderr)
		if code != 2 || !strings.Contains(stderr.String(), c.want) || stdout.Len() > 0 {
			t.Errorf("compare %s: exit code %d, %q and on stderr %q, want code 2 and %q", c.args, code, &stdout, &stderr, c.want)
		}
	}
}

// Lines that are none are an error with their number.
func TestBadLines(t *testing.T) {
	for text, want := range map[string]string{
		`{"work":"W1","peer":"numpy"}` + "\n{": "line 2: ",
		`{"work":"W1"}`:                        "line 1: no work or no peer",
	} {
		file := filepath.Join(t.TempDir(), "lines.json")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), []string{"-lines", file}, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%q: exit code %d, %q, want %q", text, code, &stderr, want)
		}
	}
}

// Every work has its peers, this library first.
func TestCompetitors(t *testing.T) {
	for work, want := range map[string]string{
		"W1": "adjoint gorgonia numpy torch torch-tuned", "W3": "adjoint gorgonia numpy torch",
		"W7": "adjoint numpy torch", "fit": "adjoint sklearn", "W8": "adjoint torch torch-tuned",
	} {
		var names []string
		for _, p := range competitors(work, peerNames()) {
			names = append(names, p.name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", work, got, want)
		}
	}
	if got := competitors("W3", []string{"torch"}); len(got) != 2 || got[1].name != "torch" {
		t.Errorf("of torch alone: %v", got)
	}
}

// What a program prints is read; if it fails, or is not there, the error says why.
func TestMeasure(t *testing.T) {
	if os.Getenv("COMPARE_TEST_PRINTS") != "" {
		os.Stdout.WriteString(os.Getenv("COMPARE_TEST_PRINTS"))
		os.Stderr.WriteString(os.Getenv("COMPARE_TEST_FAILS"))
		if os.Getenv("COMPARE_TEST_FAILS") != "" {
			os.Exit(1)
		}
		os.Exit(0)
	}
	self := []string{os.Args[0], "-test.run=^TestMeasure$"}
	t.Setenv("COMPARE_TEST_PRINTS", `{"work":"W6","peer":"numpy","net":"2-1","us_per_call":3}`+"\n")
	got, err := measure(t.Context(), self)
	if err != nil || len(got) != 1 || got[0].Case() != "W6, 2-1" || got[0].UsPerCall != 3 {
		t.Errorf("%v, error %v", got, err)
	}
	for fails, want := range map[string]string{
		"Traceback\nImportError: no BLAS\n":      "exit status 1: ImportError: no BLAS",
		"panic: nil\n\ngoroutine 1\nmain.go:7\n": "exit status 1: panic: nil",
	} {
		t.Setenv("COMPARE_TEST_FAILS", fails)
		if _, err := measure(t.Context(), self); err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := measure(t.Context(), []string{"no-such-python"}); err == nil || !strings.Contains(err.Error(), "no-such-python") {
		t.Errorf("a program that is not there: error %v", err)
	}
}

// A line says what it is of.
func TestCase(t *testing.T) {
	for want, l := range map[string]record.Line{
		"W3": {Work: "W3"}, "W5, 10 layers": {Work: "W5", Layers: 10}, "W7, 32³": {Work: "W7", M: 32, N: 32, K: 32},
		"W7, δx': 512×128·128×784": {Work: "W7", Product: "δx'", M: 512, N: 784, K: 128},
		"fit, N=1000 n=10":         {Work: "fit", Examples: 1000, Features: 10},
	} {
		if got := l.Case(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
