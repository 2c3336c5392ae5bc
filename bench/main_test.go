package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A command line that makes no sense gets an error that names what is wrong and
// what would be right, and exit code 2.
func TestUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", `-work "", want one of W1, W10`},
		{"-work W99", `-work "W99", want one of`},
		{"-work W1 -dtype float16", `-dtype "float16", want one of float32, float64`},
		{"-work W1 -threads 0", "-threads 0, want at least 1"},
		{"-work W1 -threads two", `invalid value "two"`},
		{"-work W7 -peer gorgonia", `-peer "gorgonia", want one of adjoint for W7`},
		{"-work W1 -peer numpy", "want one of adjoint, gorgonia for W1"},
		{"-work W1 more", `unexpected argument "more"`},
		{"-wrok W1", "flag provided but not defined: -wrok"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(c.args), &stdout, &stderr)
		if code != 2 || !strings.Contains(stderr.String(), c.want) || stdout.Len() > 0 {
			t.Errorf("bench %s: exit code %d, %q and on stderr %q, want code 2 and %q", c.args, code, &stdout, &stderr, c.want)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-h"}, &stdout, &stderr); code != 0 || !strings.Contains(stderr.String(), "-work") {
		t.Errorf("bench -h: exit code %d, %q", code, &stderr)
	}
}

// What is printed is a line of JSON a measurement, with these keys.
func TestKeys(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	defer func(all []shape) { shapes = all }(shapes)
	shapes = shapes[:2]
	keys := []string{"work", "peer", "dtype", "threads", "ms_per_step", "steps_per_s", "allocs_per_step", "peak_rss_mb", "final_loss"}
	for _, c := range []struct {
		args  string
		lines int
		more  []string
	}{
		{"-work W1", 1, nil},
		{"-work W5", 3, []string{"layers", "build_ms"}},
		{"-work W6", 2, []string{"net", "us_per_call", "output"}},
		{"-work W7 -dtype float64", 2, []string{"m", "n", "k", "gflops"}},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(c.args), &stdout, &stderr); code != 0 {
			t.Fatalf("bench %s: exit code %d, %s", c.args, code, &stderr)
		}
		want := slices.Sorted(slices.Values(append(slices.Clone(keys), c.more...)))
		lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
		if len(lines) != c.lines {
			t.Errorf("bench %s: %d lines, want %d", c.args, len(lines), c.lines)
		}
		for _, text := range lines {
			var line map[string]any
			if err := json.Unmarshal([]byte(text), &line); err != nil {
				t.Fatalf("bench %s: %v in %s", c.args, err, text)
			}
			if got := slices.Sorted(maps.Keys(line)); !slices.Equal(got, want) {
				t.Errorf("bench %s: keys %v, want %v", c.args, got, want)
			}
			if ms, ok := line["ms_per_step"].(float64); !ok || ms <= 0 {
				t.Errorf("bench %s: ms_per_step %v", c.args, line["ms_per_step"])
			}
		}
	}
}
