// Playground builds a page on which one sees a network forwards and backwards, trains it,
// breaks it and checks a reverse derivative of one's own, and serves it. The engine runs in
// the browser, as WebAssembly.
//
//	go run ./examples/playground             builds and serves it
//	go run ./examples/playground -o DIR      writes it as files for any web server
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"adjoint/examples/internal/example"
	"adjoint/serve"
)

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
