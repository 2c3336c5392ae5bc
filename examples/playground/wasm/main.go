//go:build !js

package main

import "log"

func main() {
	log.SetFlags(0)
	log.Fatal("this is the engine of a page: go run ./examples/playground")
}
