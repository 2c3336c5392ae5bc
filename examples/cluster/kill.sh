#!/bin/sh
# Kills a rank of a training at random moments, so many times (50), or ends mpirun as Ctrl-C
# does (kill.sh 50 INT): all ranks have to end within five seconds, the checkpoint has to be
# whole, and the training that goes on from it, on another number of ranks, has to end with the
# bits of one that nobody disturbed.
set -eu
times=${1:-50} signal=${2:-KILL}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
(cd "$(dirname "$0")" && go build -o "$work/cluster")
digest() { sed -n 's/.*weights //p'; }
ranks_alive() { pgrep -f "^$work/cluster " || true; }
want=$("$work/cluster" -alone -epochs 8 | digest)
early=0 late=0 slowest=0
for i in $(seq "$times"); do
	rm -f "$work/checkpoint"
	mpirun --oversubscribe -n 4 "$work/cluster" -epochs 8 -checkpoint "$work/checkpoint" >"$work/out" 2>&1 &
	job=$!
	sleep "$(awk -v s="$i" 'BEGIN { srand(s); print 0.3 + 3 * rand() }')"
	if [ "$signal" = INT ]; then victim=$job; else victim=$(ranks_alive | shuf -n 1); fi
	[ -n "$(ranks_alive)" ] || late=$((late + 1))
	[ -z "$victim" ] || kill -"$signal" "$victim" 2>/dev/null || true
	tenths=0
	while [ -n "$(ranks_alive)" ]; do
		if [ "$tenths" -ge 50 ]; then
			echo "$i: a rank is alive five seconds later"
			exit 1
		fi
		sleep 0.1
		tenths=$((tenths + 1))
	done
	[ "$tenths" -le "$slowest" ] || slowest=$tenths
	wait "$job" || true
	[ -e "$work/checkpoint" ] || early=$((early + 1))
	ranks=$((1 + i % 3))
	got=$(mpirun --oversubscribe -n "$ranks" "$work/cluster" -epochs 8 -checkpoint "$work/checkpoint" | digest)
	if [ "$got" != "$want" ]; then
		echo "$i: $ranks ranks go on and end with $got, undisturbed it is $want"
		exit 1
	fi
done
echo "$times times $signal, $early before the first checkpoint and $late after the end: the last rank ended within $(awk -v t="$slowest" "BEGIN { print (t + 1) / 10 }") s, and every training went on to the same bits"
