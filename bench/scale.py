#!/usr/bin/env python3
"""Reads what ranks.sh has printed, and prints the tables and the model of docs/scale.md:

    python3 bench/scale.py FILE...
"""

import json
import sys
from collections import defaultdict
from statistics import median

import numpy as np

WEIGHTS = 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10  # of W14
BYTES = 4 * WEIGHTS


def main():
    steps, exchanges = read(sys.argv[1:])
    table(steps)
    α, β = wire(exchanges)
    model(steps, α, β)


def read(paths):
    """The lines by what they measure, in the order in which they came."""
    steps, exchanges = defaultdict(list), defaultdict(list)
    for path in paths:
        for text in open(path):
            line = json.loads(text)
            if line["work"] == "W15":
                exchanges[line.get("bytes", 0)].append(line["us_per_call"])
            else:
                steps[line["peer"], line.get("ranks", 1)].append(line)
    return steps, exchanges


def ms(lines, key="ms_per_step", of=median):
    return of([line.get(key, 0) for line in lines])


def table(steps):
    print("| | one, ms | two, ms | waits | exchange | times as fast | of the least | efficiency |\n|---|---|---|---|---|---|---|---|")
    for (peer, ranks), two in steps.items():
        if ranks != 2:
            continue
        one = steps[peer, 1]
        ratio = median([a["ms_per_step"] / b["ms_per_step"] for a, b in zip(one, two)])
        least = ms(one, of=min) / ms(two, of=min)
        print(f"| {peer} | {ms(one):.2f} | {ms(two):.2f} | {ms(two, 'wait_ms'):.3f} | {ms(two, 'exchange_ms'):.3f} | {ratio:.2f} | {least:.2f} | {ratio / 2:.0%} |")
    print(f"\nas a whole, one process: {ms(steps['adjoint', 1]):.2f} ms, the least {ms(steps['adjoint', 1], of=min):.2f}\n")


def wire(exchanges):
    """The latency in µs, and the bytes a µs, of two processes that exchange: by least squares of relative errors."""
    sizes = sorted(size for size in exchanges if size)
    times = np.array([median(exchanges[size]) for size in sizes])
    a = np.array([[1, size] for size in sizes]) / times[:, None]
    (α, per_byte), *_ = np.linalg.lstsq(a, np.ones(len(sizes)), rcond=None)
    worst = np.abs(a @ [α, per_byte] - 1).max()
    print(f"exchange: {α:.2f} µs + bytes / {1e-3 / per_byte:.1f} GB/s, at most {worst:.0%} off; to agree: {median(exchanges[0]):.2f} µs")
    return α, 1 / per_byte


def model(steps, α, β):
    """Fits u + P·c + B·b to the steps of one process, u + P/2·c + B/2·b + e to those of two, and says how far off they are."""
    cases = sorted({tuple(map(int, peer.split("/"))) for peer, _ in steps if "/" in peer})
    rows, times = [], []
    for B, P in cases:
        for K in 1, 2:
            rows.append([1, P / K, B / K, K - 1])
            times.append(ms(steps[f"{B}/{P}", K], of=min))
    rows, times = np.array(rows), np.array(times)
    x, *_ = np.linalg.lstsq(rows / times[:, None], np.ones(len(times)), rcond=None)
    u, c, b, e = x
    off = rows @ x / times - 1
    exchange = min(ms(steps[f"{B}/{P}", 2], "exchange_ms", of=min) for B, P in cases)
    print(f"a step: {u:.2f} ms + {c:.2f} ms a part + {1e3 * b:.1f} µs an example; with two processes {e:.2f} ms more")
    print(f"of which exchange {exchange:.2f} ms; by W15 it is {1e-3 * (2 * α + BYTES / β):.2f} ms")
    print(f"off by {100 * np.sqrt(np.mean(off**2)):.0f} % in the mean, {100 * np.abs(off).max():.0f} % at most\n")
    print("| B/P | one, ms | model | off | two, ms | model | off |\n|---|---|---|---|---|---|---|")
    for k, (B, P) in enumerate(cases):
        cells = [f"{times[i]:.2f} | {times[i] * (1 + off[i]):.2f} | {off[i]:+.0%}" for i in (2 * k, 2 * k + 1)]
        print(f"| {B}/{P} | " + " | ".join(cells) + " |")
    forecast(u, c, b, e - exchange)


def forecast(u, c, b, rest):
    """How many times as fast K processes of one thread are by the model, with eight parts and other wires."""
    wires = ("this machine", 2e-3, 8), ("100 Gb/s, 2 µs", 2e-3, 12.5), ("10 Gb/s, 30 µs", 30e-3, 1.25), ("1 Gb/s, 50 µs", 50e-3, 0.125)
    print("\n| wire | B | K = 2 | K = 4 | K = 8 |\n|---|---|---|---|---|")
    for name, α, gigabytes in wires:
        for B in 128, 512, 4096:
            t = [u + 8 / K * c + B / K * b for K in (1, 2, 4, 8)]
            for i, K in enumerate((2, 4, 8), 1):
                t[i] += rest + 3 * np.log2(K) * α + 2 * (1 - 1 / K) * BYTES / (1e6 * gigabytes)
            print(f"| {name} | {B} | " + " | ".join(f"{t[0] / x:.2f}" for x in t[1:]) + " |")


if __name__ == "__main__":
    main()
