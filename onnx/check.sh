#!/usr/bin/env bash
# Writes ONNX files of every op and every kind of model, checks them with onnx.checker
# (Debian's python3-onnx), runs them in ONNX Runtime (npm's onnxruntime-node), and
# compares with the engine. Installs what it needs, outside the repository.
set -euo pipefail
cd "$(dirname "$0")"
version=${ONNXRUNTIME_VERSION:-1.24.3}
runtime=${XDG_CACHE_HOME:-$HOME/.cache}/adjoint/onnxruntime-node-$version
python=/usr/bin/python3 # Debian's, which knows Debian's packages

# retry runs a command up to three times, each for at most five minutes: what comes from
# a network may fail, or hang.
retry() {
	local n
	for n in 1 2 3; do
		if timeout --kill-after=10 300 "$@"; then return; fi
		echo "attempt $n of 3 failed: $*" >&2
		sleep $((5 * n))
	done
	return 1
}

# install installs packages of Debian. An update that fails does no harm if they are
# known all the same.
install() {
	local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120)
	if [ "$(id -u)" != 0 ]; then apt=(sudo -n "${apt[@]}"); fi
	retry "${apt[@]}" update || true
	retry "${apt[@]}" install --no-install-recommends "$@"
}

"$python" -c 'import onnx' 2>/dev/null || install python3 python3-onnx
command -v node >/dev/null || install nodejs
command -v npm >/dev/null || install npm

if [ ! -e "$runtime/complete" ]; then
	rm -rf "$runtime"
	mkdir -p "$runtime"
	ONNXRUNTIME_NODE_INSTALL=skip retry npm install --prefix "$runtime" \
		--ignore-scripts --no-package-lock --no-audit --no-fund --loglevel error "onnxruntime-node@$version"
	touch "$runtime/complete"
fi

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
go run ./check "$files"
timeout 300 "$python" check/check.py "$files"
timeout 300 node check/check.mjs "$files" "$runtime/node_modules"
