#!/bin/sh
# Runs the tests of package kernel with AVX-512 in Bochs, which emulates a whole
# machine: it starts a Linux kernel whose first and only program is the test. That
# takes some minutes. It needs the Debian packages bochs, bochs-term, grub-pc-bin,
# xorriso, mtools and cpio, and a Linux kernel, such as that of linux-image-cloud-amd64.
#
# usage: sh emulate-avx512.sh [vmlinuz]   the kernel; by default the newest in /boot
set -eu
kernel=${1:-$(ls -v /boot/vmlinuz-* | tail -n 1)}
out=$(mktemp -d)
cp "$kernel" "$out/vmlinuz"
cd "$(dirname "$0")"

# The assembly of math/big uses instructions that this Bochs computes wrongly.
mkdir -p "$out/initrd" "$out/iso/boot/grub"
CGO_ENABLED=0 GOARCH=amd64 go test -c -tags math_big_pure_go -o "$out/initrd/init" .
(cd "$out/initrd" && find . | cpio --quiet -o -H newc | gzip -1 >"$out/iso/boot/initrd.gz")
mv "$out/vmlinuz" "$out/iso/boot/vmlinuz"

# XSAVES and XSAVEC give Linux a size that it does not accept.
cat >"$out/iso/boot/grub/grub.cfg" <<END
set timeout=0
menuentry test {
	linux /boot/vmlinuz console=ttyS0 mitigations=off clearcpuid=xsavec,xsaves tsc=reliable lpj=1000000 -- -test.short -test.v -test.run=^Test.*/^avx512
	initrd /boot/initrd.gz
}
END
grub-mkrescue -o "$out/test.iso" "$out/iso" >"$out/grub.txt" 2>&1
cat >"$out/bochsrc" <<END
megs: 512
cpu: model=corei7_skylake_x, count=1, reset_on_triple_fault=0, ignore_bad_msrs=1
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0: enabled=1
ata0-master: type=cdrom, path=$out/test.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$out/serial.txt
log: $out/log.txt
panic: action=fatal
display_library: term
END
echo c >"$out/commands"

# Its display is text and wants a terminal.
: >"$out/serial.txt"
script -qfc "stty rows 40 cols 120; echo \$\$ >$out/pid; exec bochs-bin -q -f $out/bochsrc -rc $out/commands" "$out/tty.txt" </dev/null >/dev/null 2>&1 &
trap 'kill -KILL "$(cat "$out/pid")" 2>/dev/null || true; rm -rf "$out"' EXIT
# When the test ends, so does Linux, with a line that tells how.
for i in $(seq 180); do
	sleep 5
	if grep -q 'exitcode=' "$out/serial.txt"; then
		grep -aE '^(--- |PASS|FAIL|panic)|_test\.go' "$out/serial.txt"
		grep -q 'exitcode=0x00000000' "$out/serial.txt" && grep -q -- '--- PASS: TestGemm/avx512' "$out/serial.txt"
		exit
	fi
done
echo 'the emulated machine did not finish' >&2
tail -n 20 "$out/serial.txt" >&2
exit 1
