#!/bin/sh
# Runs the tests of package kernel on every path that it has: in plain Go, also with an int of
# 32 bits, and with what this processor has, then emulated, by qemu-user on a processor without
# AVX, on one with AVX2 and FMA, on arm64 with NEON and without, and on s390x, whose bytes stand
# the other way round, in WebAssembly by node, and, if this one has no AVX-512, by Bochs on one
# that has. It shows that the kernels are right; it says nothing about their speed. It takes some
# ten minutes.
#
# usage: sh emulate.sh [vmlinuz]   the Linux that Bochs boots; see emulate-avx512.sh
#
# It needs the Debian packages qemu-user, binutils-aarch64-linux-gnu and nodejs, and for Bochs
# those that emulate-avx512.sh names.
set -eu
vmlinuz=${1:+$(realpath "$1")}
cd "$(dirname "$0")"
echo '== this machine, and plain Go'
go test .
go test -tags noasm .
CGO_ENABLED=0 GOARCH=386 go test .
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
CGO_ENABLED=0 GOARCH=amd64 go test -c -o "$out/amd64.test" .
CGO_ENABLED=0 GOARCH=arm64 go test -c -o "$out/arm64.test" .
CGO_ENABLED=0 GOARCH=s390x go test -c -o "$out/s390x.test" .

run() {
	name=$1
	shift
	echo "== $name"
	"$@"
}
run 'amd64, Nehalem' qemu-x86_64 -cpu Nehalem "$out/amd64.test" -test.short
# qemu reads what a masked load leaves out, and so runs into the fences.
run 'amd64, AVX2' qemu-x86_64 -cpu max "$out/amd64.test" -test.short -test.skip=TestFences
sh check-neon.sh
run 'arm64' qemu-aarch64 "$out/arm64.test"
run 's390x' qemu-s390x "$out/s390x.test" -test.short
run 'WebAssembly' sh test-wasm.sh
if grep -qs avx512vl /proc/cpuinfo && [ -z "$vmlinuz" ]; then
	echo '== AVX-512: done, as this machine has it'
else
	echo '== amd64, AVX-512'
	sh emulate-avx512.sh $vmlinuz
fi
