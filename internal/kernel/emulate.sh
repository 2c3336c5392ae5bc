#!/bin/sh
# Runs the tests of package kernel under qemu-user (Debian package qemu-user): on a
# processor without AVX, on one with AVX2 and FMA, and on arm64. It shows that the
# kernels are right there; it says nothing about their speed.
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
CGO_ENABLED=0 GOARCH=amd64 go test -c -o "$out/amd64.test" .
CGO_ENABLED=0 GOARCH=arm64 go test -c -o "$out/arm64.test" .

run() {
	name=$1
	shift
	echo "== $name"
	# qemu reads what a masked load leaves out, and so runs into the fences.
	"$@" -test.short -test.skip=TestFences
}
run 'amd64, Nehalem' qemu-x86_64 -cpu Nehalem "$out/amd64.test"
run 'amd64, AVX2' qemu-x86_64 -cpu max "$out/amd64.test"
run 'arm64' qemu-aarch64 "$out/arm64.test"
