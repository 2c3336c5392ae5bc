package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"adjoint/bench/internal/record"
)

// inTurn measures, round by round, and returns the lines in the order in which they
// came. It writes them to keep, and to progress what it is at. A peer that fails is
// a line with the reason, and is not tried again for this work.
func inTurn(ctx context.Context, o *options, keep, progress io.Writer) (lines []record.Line, err error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	bench := filepath.Join(folder, "bench")
	if err := build(ctx, root, bench); err != nil {
		return nil, err
	}
	machine := describeMachine()
	for _, work := range o.works {
		failed := map[string]bool{}
		for round := range o.rounds {
			for _, p := range competitors(work, o.peers) {
				if failed[p.name] {
					continue
				}
				fmt.Fprintf(progress, "%s, round %d of %d: %s\n", work, round+1, o.rounds, p.name)
				got, err := measure(ctx, append(p.command(bench, o.python, root), o.flags(work, p)...))
				if ctx.Err() != nil {
					return nil, context.Cause(ctx)
				}
				if err != nil {
					got = []record.Line{{Work: work, Peer: p.name, Threads: o.threads, Missing: err.Error()}}
				}
				for _, l := range got {
					l.Machine = machine
					failed[p.name] = failed[p.name] || l.Missing != ""
					if err := l.Write(keep); err != nil {
						return nil, err
					}
					lines = append(lines, l)
				}
			}
		}
	}
	return lines, nil
}

// flags are those of bench and of peers.py.
func (o *options) flags(work string, p peer) []string {
	flags := []string{"-work", work, "-peer", p.name, "-threads", strconv.Itoa(o.threads)}
	if o.dtype != "" {
		flags = append(flags, "-dtype", o.dtype)
	}
	return flags
}

// measure runs a command and reads its lines.
func measure(ctx context.Context, command []string) ([]record.Line, error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, reason(stderr.String()))
	}
	return record.Read(bytes.NewReader(out))
}

// reason is the line of a standard error that says why a program has failed: where
// Go panics, or else the last.
func reason(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "panic:") {
			return line
		}
	}
	return lines[len(lines)-1]
}

// moduleRoot returns the folder of the module that the command runs in.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	root := filepath.Dir(strings.TrimSpace(string(out)))
	if _, err := os.Stat(filepath.Join(root, "bench", "peers.py")); err != nil {
		return "", fmt.Errorf("run this inside the module: %w", err)
	}
	return root, nil
}

func build(ctx context.Context, root, bench string) error {
	c := exec.CommandContext(ctx, "go", "build", "-o", bench, "./bench")
	c.Dir = root
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./bench: %w\n%s", err, out)
	}
	return nil
}
