#!/bin/sh
# Measures on a machine with an arm64 processor what README's section on speed has for
# one with AVX-512: the table of works, by NEON and then by plain Go, each against NumPy and
# PyTorch where they are installed. Print it on a machine that does nothing else, and send
# the output with the line of the processor that it begins with.
#
# usage: sh bench/neon.sh [rounds]   rounds are 5 if not given
set -eu
cd "$(dirname "$0")/.."
[ "$(go env GOARCH)" = arm64 ] || { echo "bench/neon.sh: this Go builds for $(go env GOARCH), not arm64" >&2; exit 1; }
echo '== NEON'
go run ./bench/compare -n "${1:-5}" -peers numpy,torch
echo '== plain Go'
ADJOINT_KERNELS=go go run ./bench/compare -n "${1:-5}" -works W1,W2,W3,W4,W6,W7 -peers numpy
