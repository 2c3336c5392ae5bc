#!/usr/bin/env bash
# Builds the program without cgo and runs it in a folder that has nothing else, as the container
# of Dockerfile has it. Needs the right to chroot.
set -euo pipefail
cd "$(dirname "$0")"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
CGO_ENABLED=0 go build -trimpath -ldflags=-s -o "$root/finetune" .
chroot "$root" /finetune "$@"
