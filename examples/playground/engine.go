package main

import (
	"compress/gzip"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// buildEngine compiles package wasm and compresses what comes out.
func buildEngine(path string) (err error) {
	work, err := os.MkdirTemp("", "playground")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	modules, err := lean(work)
	if err != nil {
		return err
	}
	wasm := filepath.Join(work, "adjoint.wasm")
	_, err = golang("build", "-modfile", modules, "-trimpath", "-ldflags=-s -w", "-o", wasm, "adjoint/examples/playground/wasm")
	if err != nil {
		return err
	}
	return compress(path, wasm)
}

// tensorIO are the methods of tensors by which they are written and read, which do nothing.
//
//go:embed _tensor/dense_io.go
var tensorIO []byte

// lean makes, in a folder, a copy of gorgonia's tensor that has tensorIO in the place of its
// own, and returns a go.mod that takes it. Its own brings protobuf, which reaches methods by
// their names, so that the linker has to keep those of everything: half of the file.
func lean(dir string) (modules string, err error) {
	module, err := golang("env", "GOMOD")
	if err != nil {
		return "", err
	}
	source, err := golang("list", "-m", "-f", "{{.Dir}}", "gorgonia.org/tensor")
	if err != nil {
		return "", err
	}
	tensor := filepath.Join(dir, "tensor")
	if err := os.CopyFS(tensor, os.DirFS(source)); err != nil {
		return "", err
	}
	files := filepath.Join(tensor, "dense_io.go")
	if err := errors.Join(os.Remove(files), os.WriteFile(files, tensorIO, 0o644)); err != nil {
		return "", err
	}
	for _, kind := range []string{".mod", ".sum"} {
		text, err := os.ReadFile(strings.TrimSuffix(module, ".mod") + kind)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, "go"+kind), text, 0o644); err != nil {
			return "", err
		}
	}
	modules = filepath.Join(dir, "go.mod")
	_, err = golang("mod", "edit", "-replace", "gorgonia.org/tensor="+tensor, modules)
	return modules, err
}

// golang runs the go command for WebAssembly, and returns what it prints.
func golang(args ...string) (string, error) {
	var log strings.Builder
	cmd := exec.Command("go", args...)
	cmd.Env, cmd.Stderr = append(os.Environ(), "GOOS=js", "GOARCH=wasm"), &log
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, log.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// compress writes a file as another, by gzip.
func compress(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.Copy(z, in); err != nil {
		return err
	}
	return z.Close()
}
