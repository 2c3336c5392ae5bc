#!/usr/bin/env bash
# Fuzzes every reader, one after the other, each for a minute or as long as the first
# argument says. Then a process reads again all inputs that were found to be of
# interest, now or before. That of model files and of requests must never use more
# than 64 MiB of memory: garbage counts, so the limit tells the collector to be early.
#
#	scripts/fuzz.sh 10m
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}
export GOMAXPROCS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fuzz() {
	local package=$1 target=$2
	printf '\n== %s, %s\n' "$package" "$target"
	nice -n 19 go test "./$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 100x -parallel 1
	local found
	found="$(go env GOCACHE)/fuzz/$(go list "./$package")/$target"
	mkdir -p "$work/$package/testdata/fuzz"
	if [ -d "$found" ]; then cp -r "$found" "$work/$package/testdata/fuzz/"; fi
	go test -c -o "$work/$package/reader" "./$package"
	(cd "$work/$package" && MEMTEST=1 GOMEMLIMIT=32MiB nice -n 19 ./reader -test.run "^$target\$" -test.v) >"$work/log" || { grep -v '^ *---* PASS\|^=== ' "$work/log"; exit 1; }
	printf '%d inputs read again%s\n' "$(grep -c '^    --- PASS' "$work/log")" "${3:-}"
}
fuzz internal/safetensors FuzzRead ', in at most 64 MiB'
fuzz graphio FuzzDecode ', in at most 64 MiB'
fuzz models FuzzLoad ', in at most 64 MiB'
fuzz serve FuzzDecode ', in at most 64 MiB'
fuzz onnx FuzzRead
fuzz internal/npy FuzzDecode
fuzz data FuzzReadCSV
fuzz data FuzzRecords
