#!/bin/sh
# The page in a real browser: Chromium, driven by playwright-core, and axe-core for
# accessibility. It installs what it needs. An argument is a folder for screenshots.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v chromium >/dev/null; then
	apt-get update -qq
	apt-get install -y -qq chromium
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/package.json "$here"/*.mjs "$work"
(cd "$work" && npm install --silent --no-audit --no-fund)
(cd "$here/../../.." && go run ./examples/playground -o "$work/site" && go run ./examples/playground/internal/expect >"$work/expected.json")
PLAYGROUND_SITE="$work/site" PLAYGROUND_EXPECTED="$work/expected.json" PLAYGROUND_SHOTS="${1:-}" node "$work/page.mjs"
