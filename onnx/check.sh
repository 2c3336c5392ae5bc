#!/usr/bin/env bash
# Writes ONNX files of every op and every kind of model, checks them with onnx.checker
# (Debian's python3-onnx), runs them in ONNX Runtime (npm's onnxruntime-node), and
# compares with the engine. Installs what it needs, outside the repository.
set -euo pipefail
cd "$(dirname "$0")"
version=${ONNXRUNTIME_VERSION:-1.24.3}
runtime=${XDG_CACHE_HOME:-$HOME/.cache}/adjoint/onnxruntime-node-$version
python=/usr/bin/python3 # Debian's, which knows Debian's packages

install() {
	local root=()
	if [ "$(id -u)" != 0 ]; then root=(sudo); fi
	"${root[@]}" apt-get update -q
	"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

needed=()
"$python" -c 'import onnx' 2>/dev/null || needed+=(python3-onnx)
command -v node >/dev/null || needed+=(nodejs)
command -v npm >/dev/null || needed+=(npm)
if [ ${#needed[@]} -gt 0 ]; then install "${needed[@]}"; fi

if [ ! -e "$runtime/complete" ]; then
	rm -rf "$runtime"
	mkdir -p "$runtime"
	ONNXRUNTIME_NODE_INSTALL=skip npm install --prefix "$runtime" \
		--ignore-scripts --no-package-lock --no-audit --no-fund --loglevel error "onnxruntime-node@$version"
	touch "$runtime/complete"
fi

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
go run ./check "$files"
"$python" check/check.py "$files"
node check/check.mjs "$files" "$runtime/node_modules"
