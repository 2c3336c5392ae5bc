#!/bin/sh
# Fails unless every WORD of the assembly for arm64 is what GNU's assembler makes of the
# instruction that stands beside it, or if the product's inner loop has more than 1.35
# instructions for each multiply-add of vectors. It needs the Debian package
# binutils-aarch64-linux-gnu.
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for f in *_neon_arm64.s; do
	sed -n 's|^\tWORD $0x\([0-9a-f]*\) // \(.*\)|\1 \2|p' "$f" >"$out/words"
	cut -d' ' -f2- "$out/words" >"$out/text.s"
	cut -d' ' -f1 "$out/words" >"$out/ours"
	aarch64-linux-gnu-as -o "$out/text.o" "$out/text.s"
	aarch64-linux-gnu-objdump -d "$out/text.o" | sed -n 's/^ *[0-9a-f]*:\t\([0-9a-f]*\) .*/\1/p' >"$out/theirs"
	diff "$out/ours" "$out/theirs" >"$out/diff" || { echo "$f: ours < and theirs >"; cat "$out/diff"; exit 1; }
	echo "$f: $(wc -l <"$out/ours") words agree"
done
# The inner loop of tile is what stands between its label and the jump to it.
awk '
	/^TEXT/ { name = $2 }
	/^loop:/ { all = fma = 0; next }
	/^\t/ { all++ }
	/ fmla / { fma++ }
	/BNE loop/ && name ~ /tile/ {
		printf "%s %d instructions, %d multiply-adds: %.2f\n", name, all, fma, all / fma
		if (all > 1.35 * fma) bad = 1
		seen++
	}
	END { exit bad || seen != 2 }
' tile_neon_arm64.s
