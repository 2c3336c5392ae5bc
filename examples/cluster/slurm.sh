#!/bin/bash
# One training on 8 processes of 4 nodes, two to a node, each with 4 cores:
#
#	CGO_ENABLED=0 go build -o cluster ./examples/cluster
#	sbatch examples/cluster/slurm.sh
#
# The folder has to be one that all nodes see. A job that has come to its time limit, or has lost
# a node, is submitted again: it goes on from the checkpoint, on any number of processes.
#SBATCH --job-name=cluster
#SBATCH --nodes=4
#SBATCH --ntasks=8
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=4
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --output=cluster-%j.out

# mpirun has the nodes from Slurm. A process has the cores to which it is bound, and Go starts as
# many threads.
exec mpirun --map-by "slot:PE=$SLURM_CPUS_PER_TASK" --bind-to core \
	./cluster -epochs 50 -batch 512 -checkpoint cluster.checkpoint
