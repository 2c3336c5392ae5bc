#!/usr/bin/env python3
"""Measures the works of bench in Python, and prints the same lines of JSON:

    python3 bench/peers.py -work W3 -peer numpy -dtype float32 -threads 1

Peers: numpy, written by hand; torch, as its users write it; torch-tuned, the
fastest way found (W1 without autograd, W4 with the foreach Adam, W6 frozen and
optimized for inference); sklearn, which does `fit` only; onnxruntime, which does W8a only. A peer that is not
installed prints a line that says so.
"""

import argparse
import hashlib
import importlib
import json
import os
import resource
import statistics
import sys
import time

import peers_blas

MODULES = {"numpy": "peers_numpy", "torch": "peers_torch", "torch-tuned": "peers_torch", "sklearn": "peers_sklearn", "onnxruntime": "peers_ort"}
DTYPES = dict.fromkeys(["W1", "W2", "W12", "W13", "fit"], "float64")  # float32 is that of the others
WORKS = ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "fit", "W8", "W8a", "W9", "W10", "W11", "W12", "W13", "W14", "conv"]


def main():
    sys.dont_write_bytecode = True
    args = arguments()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(args.threads)  # read when a library is loaded
    if args.digest:
        return digest(*map(int, args.digest.split(",")))
    line = {"work": args.work, "peer": args.peer, "dtype": args.dtype or DTYPES.get(args.work, "float32"), "threads": args.threads}
    try:
        module = importlib.import_module(MODULES[args.peer])
    except ImportError as e:
        return print(json.dumps(line | {"missing": str(e)}))
    peers_blas.insist()
    module.set_threads(args.threads)
    works = module.TUNED if args.peer == "torch-tuned" else module.WORKS
    if args.work not in works:
        print(f"peers.py: {args.peer} has no {args.work}, it has {', '.join(works)}", file=sys.stderr)
        sys.exit(2)
    for figures in works[args.work](line["dtype"]):
        print(json.dumps(line | {"library": module.LIBRARY} | figures), flush=True)


def arguments():
    p = argparse.ArgumentParser(prog="peers.py", allow_abbrev=False)
    p.add_argument("-work", choices=WORKS, help="what to measure")
    p.add_argument("-peer", choices=MODULES, default="numpy", help="who does the work")
    p.add_argument("-dtype", choices=["float32", "float64"], help="default: that of the work")
    p.add_argument("-threads", type=int, default=1, help="how many threads may compute")
    p.add_argument("-digest", metavar="SEED,COUNT", help="print the SHA-256 of COUNT normal numbers, and stop")
    args = p.parse_args()
    if not args.work and not args.digest:
        p.error("-work is missing")
    if args.threads < 1:
        p.error(f"-threads {args.threads}, want at least 1")
    return args


def digest(seed, count):
    from peers_data import normal

    print(hashlib.sha256(normal(seed, count).astype("<f8").tobytes()).hexdigest())


def measure(blocks, steps, start):
    """Times blocks of steps, each from the start.

    start() readies the work and returns a function of the number of steps. The
    figures are the median of the blocks, and the peak of memory before a loss is
    evaluated.
    """
    seconds = []
    for _ in range(blocks):
        run = start()
        begin = time.perf_counter()
        run(steps)
        seconds.append((time.perf_counter() - begin) / steps)
    return figures_of(statistics.median(seconds))


def figures_of(second):
    """The figures of a work whose step takes so many seconds."""
    return {
        "ms_per_step": digits(1e3 * second),
        "steps_per_s": digits(1 / second),
        "allocs_per_step": None,
        "peak_rss_mb": digits(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "final_loss": None,
    }


def digits(x):
    """x to five digits: the clock has no more."""
    return float(f"{x:.5g}")


if __name__ == "__main__":
    sys.modules["peers"] = sys.modules["__main__"]
    main()
