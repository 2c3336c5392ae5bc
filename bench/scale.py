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
    """Fits u + P·c + B·b to the steps of one process, e to those of two, and says how far off they are."""
    cases = sorted({tuple(map(int, peer.split("/"))) for peer, _ in steps if "/" in peer})
    one = np.array([ms(steps[f"{B}/{P}", 1], of=min) for B, P in cases])
    two = np.array([ms(steps[f"{B}/{P}", 2], of=min) for B, P in cases])
    a = np.array([[1, P, B] for B, P in cases])
    (u, c, b), *_ = np.linalg.lstsq(a / one[:, None], np.ones(len(cases)), rcond=None)
    print(f"one process: {u:.3f} ms + {c:.3f} ms a part + {1e3 * b:.2f} µs an example")
    e = median([ms(steps[f"{B}/{P}", 2], "exchange_ms") for B, P in cases])
    print(f"exchange in a step: {e:.3f} ms; by W15 {1e-3 * (2 * α + BYTES / β):.3f} ms\n")
    print("| B/P | one, ms | model | off | two, ms | model | off |\n|---|---|---|---|---|---|---|")
    for (B, P), t1, t2 in zip(cases, one, two):
        m1, m2 = u + P * c + B * b, u + P / 2 * c + B / 2 * b + e
        print(f"| {B}/{P} | {t1:.2f} | {m1:.2f} | {m1 / t1 - 1:+.0%} | {t2:.2f} | {m2:.2f} | {m2 / t2 - 1:+.0%} |")
    forecast(u, c, b, e)


def forecast(u, c, b, e):
    """How many times as fast K processes are by the model, with eight parts and other networks."""
    print("\n| network | B | " + " | ".join(f"K = {K}" for K in (2, 4, 8)) + " |\n|---|---|---|---|---|")
    for name, α, β in (("as here", 0, BYTES / e * 1e-3), ("100 Gb/s, 2 µs", 2e-3, 12.5e3), ("10 Gb/s, 30 µs", 30e-3, 1.25e3), ("1 Gb/s, 50 µs", 50e-3, 0.125e3)):
        for B in (128, 512, 4096):
            t = [u + 8 / K * c + B / K * b + (K > 1) * (3 * np.log2(K) * α + 2 * (1 - 1 / K) * BYTES / (1e3 * β)) for K in (1, 2, 4, 8)]
            print(f"| {name} | {B} | " + " | ".join(f"{t[0] / x:.2f}" for x in t[1:]) + " |")


if __name__ == "__main__":
    main()
