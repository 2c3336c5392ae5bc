"""PyTorch's side of bench/shakespeare: peer.py TEXT float32|float64 STEPS. Prints the losses as JSON."""

import json
import math
import statistics
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

WIDTH, HEADS, LAYERS, LENGTH, SIZE, RATE, NORM = 128, 4, 2, 64, 16, 1e-3, 1.0

path, dtype, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(1)
torch.set_default_dtype(getattr(torch, dtype))
with open(path, encoding="utf-8", newline="") as f:
    text = f.read()
places = {c: i for i, c in enumerate(sorted(set(text)))}
symbols = torch.tensor([places[c] for c in text])


def uniform(seed, count):
    """The leading 53 bits of splitmix64, in [0, 1)."""
    u64 = np.uint64
    with np.errstate(over="ignore"):
        z = u64(seed << 32) + np.arange(1, count + 1, dtype=u64) * u64(0x9E3779B97F4A7C15)
        z = (z ^ z >> u64(30)) * u64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> u64(27)) * u64(0x94D049BB133111EB)
    return ((z ^ z >> u64(31)) >> u64(11)) * 2.0**-53


params = []
matrices = 0


def param(v):
    params.append(torch.tensor(v, dtype=torch.get_default_dtype(), requires_grad=True))
    return params[-1]


def matrix(rows, columns):
    global matrices
    matrices += 1
    return param((math.sqrt(3 / columns) * (2 * uniform(matrices, rows * columns) - 1)).reshape(rows, columns))


def norm():
    return param(np.ones(WIDTH)), param(np.zeros(WIDTH))


def normed(x, weights):
    return F.layer_norm(x, (WIDTH,), *weights)


e = WIDTH // HEADS
angle = torch.arange(LENGTH)[:, None] / 10000.0 ** (2 * torch.arange(e // 2) / e)  # (T, e/2)
cos, sin = angle.cos(), angle.sin()
mask = torch.full((LENGTH, LENGTH), float("-inf")).triu(1)


def turned(x):  # (N, heads, T, e)
    a, b = x[..., : e // 2], x[..., e // 2 :]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


def attention(x, within, out):
    n = x.shape[0]
    q, k, v = (x @ within.T).reshape(n, LENGTH, 3, HEADS, e).permute(2, 0, 3, 1, 4)
    weights = torch.softmax(turned(q) @ turned(k).transpose(-1, -2) / math.sqrt(e) + mask, -1)
    return (weights @ v).transpose(1, 2).reshape(n, LENGTH, WIDTH) @ out.T


table = matrix(len(places), WIDTH)
blocks = [
    (matrix(3 * WIDTH, WIDTH), matrix(WIDTH, WIDTH), matrix(4 * WIDTH, WIDTH), matrix(WIDTH, 4 * WIDTH), norm(), norm())
    for _ in range(LAYERS)
]
scores, last = matrix(len(places), WIDTH), norm()


def cost(x, y):
    x = table[x]
    for within, out, w, v, before, after in blocks:
        x = x + attention(normed(x, before), within, out)
        x = x + F.gelu(normed(x, after) @ w.T) @ v.T
    return F.cross_entropy((normed(x, last) @ scores.T).flatten(0, 1), y.flatten())


rule = torch.optim.Adam(params, lr=RATE)
losses, took = [], []
for step in range(steps):
    starts = torch.tensor((uniform(1000 + step, SIZE) * (len(symbols) - LENGTH)).astype(np.int64))
    windows = symbols[starts[:, None] + torch.arange(LENGTH + 1)]  # (N, T+1)
    x, y = windows[:, :-1].contiguous(), windows[:, 1:].contiguous()
    began = time.perf_counter()
    rule.zero_grad()
    loss = cost(x, y)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(params, NORM)
    rule.step()
    took.append(1000 * (time.perf_counter() - began))
    losses.append(loss.item())
json.dump({"Library": f"PyTorch {torch.__version__}", "Losses": losses, "Step": statistics.median(took)}, sys.stdout)
