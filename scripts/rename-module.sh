#!/usr/bin/env bash
# Gives the module another path, for publishing it under a host of your own:
#
#	scripts/rename-module.sh example.com/you/adjoint
#
# The path stands in go.mod and in that of exercises; this changes it there, in the
# imports and in the documents that show imports.
set -euo pipefail
cd "$(dirname "$0")/.."
new=${1:?usage: scripts/rename-module.sh NEW/MODULE/PATH}
old=$(go list -m)
go mod edit -module "$new"
go -C exercises mod edit -droprequire "$old" -dropreplace "$old" -require "$new@v0.0.0" -replace "$new=../"
find . -name '*.go' -not -path './.git/*' -exec \
	sed -i -E "s#\"$old(/[^\"]*)?\"#\"$new\1\"#g; s#\[$old/#[$new/#g" {} +
find . -name '*.md' -not -path './.git/*' -exec \
	sed -i -E "s#\"$old/#\"$new/#g; s#-require $old@#-require $new@#g; s#-replace $old=#-replace $new=#g" {} +
echo "module $old is now $new"
