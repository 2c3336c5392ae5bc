// Playground builds a page on which one sees a network forwards and backwards, trains it,
// breaks it and checks a reverse derivative of one's own, and serves it. The engine runs in
// the browser, as WebAssembly.
//
//	go run ./examples/playground             builds and serves it
//	go run ./examples/playground -o DIR      writes it as files for any web server
package main

import (
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"adjoint/examples/internal/example"
	"adjoint/serve"
)

//go:embed page
var page embed.FS

func main() {
	log.SetFlags(0)
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen; port 0 is any that is free")
	out := flag.String("o", "", "write the page to this folder, and do not serve it")
	flag.Parse()
	if *out != "" {
		example.Check(build(*out))
		fmt.Println("written to", *out)
		return
	}
	dir := example.Must(os.MkdirTemp("", "playground"))
	err := buildAndServe(dir, *addr)
	example.Check(errors.Join(err, os.RemoveAll(dir)))
}

func buildAndServe(dir, addr string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Println("building the engine for the browser …")
	if err := build(dir); err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("the playground is at http://%s, until Ctrl-C\n", l.Addr())
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	return serve.Run(ctx, serve.Server(addr, http.FileServer(http.Dir(dir))), l, 10*time.Second)
}

// build writes the page and the engine, compressed, to a folder.
func build(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files, err := fs.Sub(page, "page")
	if err != nil {
		return err
	}
	if err := copyFiles(dir, files); err != nil {
		return err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return fmt.Errorf("Go's own script for WebAssembly: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "wasm_exec.js"), glue, 0o644); err != nil {
		return err
	}
	return buildEngine(filepath.Join(dir, "adjoint.wasm.gz"))
}

func copyFiles(dir string, files fs.FS) error {
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, path), text, 0o644)
	})
}

// buildEngine compiles package wasm and compresses what comes out.
func buildEngine(path string) (err error) {
	wasm := path + ".tmp"
	defer os.Remove(wasm)
	// Without inlining the file is a sixth smaller. The kernels, in which the time goes, keep it.
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-gcflags=all=-l", "-gcflags=adjoint/internal/kernel=",
		"-o", wasm, "adjoint/examples/playground/wasm")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, text)
	}
	in, err := os.Open(wasm)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(path)
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
