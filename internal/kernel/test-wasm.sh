#!/bin/sh
# Runs the tests of package kernel in WebAssembly, with its vectors and without, by node.
# Go's glue lets a program have few environment variables, so it gets those that it needs.
#
# usage: sh test-wasm.sh [flags of go test]
set -eu
cd "$(dirname "$0")"
exec env -i PATH="$PATH" HOME="$HOME" GOOS=js GOARCH=wasm \
	go test -exec "$(go env GOROOT)/lib/wasm/go_js_wasm_exec" "$@" .
