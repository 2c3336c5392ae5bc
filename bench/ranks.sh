#!/bin/sh
# Measures W14 and W15, and PyTorch's DistributedDataParallel, by one process and by two of one
# thread each, in turn, so many rounds (5), and prints lines of JSON for scale.py:
#
#	sh bench/ranks.sh 5 >lines && python3 bench/scale.py lines
#
# RUN is put before each process: "chrt -f 1" keeps others away on a machine that is not idle.
# CASES are the batches and parts, those of the table in docs/scale.md if there are none.
set -eu
rounds=${1:-5}
cd "$(dirname "$0")/.."
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
bench=${BENCH:-} python=${PYTHON:-python3}
if [ -z "$bench" ]; then
	bench=$(mktemp -d)/bench
	go build -o "$bench" ./bench
fi
for _ in $(seq "$rounds"); do
	taskset -c 1 ${RUN:-} "$bench" -work W14
	for case in ${CASES:-512/2 512/8}; do
		taskset -c 1 mpirun -n 1 --bind-to none ${RUN:-} "$bench" -work W14 -peer "$case"
		mpirun -n 2 --bind-to core ${RUN:-} "$bench" -work W14 -peer "$case"
	done
	mpirun -n 2 --bind-to core ${RUN:-} "$bench" -work W15
	for peer in ${PEERS-torch torch-tuned}; do
		taskset -c 1 ${RUN:-} "$python" bench/peers.py -work W14 -peer "$peer"
		mpirun -n 2 --bind-to core ${RUN:-} "$python" bench/peers.py -work W14 -peer "$peer"
	done
done
