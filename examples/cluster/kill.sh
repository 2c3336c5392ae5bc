#!/bin/sh
# Kills a rank of a training at random moments, so many times (50): all ranks have to end
# within five seconds, the checkpoint has to be whole, and the training that goes on from it,
# on another number of ranks, has to end with the bits of one that nobody disturbed.
set -eu
times=${1:-50}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
(cd "$(dirname "$0")" && go build -o "$work/cluster")
digest() { sed -n 's/.*weights //p'; }
want=$("$work/cluster" -alone -epochs 8 | digest)
for i in $(seq "$times"); do
	rm -f "$work/checkpoint"
	mpirun --oversubscribe -n 4 "$work/cluster" -epochs 8 -checkpoint "$work/checkpoint" >"$work/out" 2>&1 &
	job=$!
	sleep "$(awk -v s="$i" 'BEGIN { srand(s); print 0.3 + 3 * rand() }')"
	victim=$(pgrep -f "^$work/cluster " | shuf -n 1 || true)
	[ -z "$victim" ] || kill -9 "$victim" 2>/dev/null || true
	for _ in $(seq 50); do
		pgrep -f "^$work/cluster " >/dev/null || break
		sleep 0.1
	done
	if pgrep -f "^$work/cluster " >/dev/null; then
		echo "$i: a rank is alive five seconds later"
		exit 1
	fi
	wait "$job" || true
	ranks=$((1 + i % 3))
	got=$(mpirun --oversubscribe -n "$ranks" "$work/cluster" -epochs 8 -checkpoint "$work/checkpoint" | digest)
	if [ "$got" != "$want" ]; then
		echo "$i: $ranks ranks go on and end with $got, undisturbed it is $want"
		exit 1
	fi
done
echo "$times kills: all ranks ended, and every training went on to the same bits"
