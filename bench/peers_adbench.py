"""W12 and W13 by PyTorch: ADBench's GMM and BA, on all points or observations at once."""

import math

import torch

from peers import measure
from peers_data import normal


def tensors(dtype, *values):
    return [torch.tensor(v, dtype=getattr(torch, dtype)) for v in values]


def mixture(dtype):
    """W12, by autograd."""
    k, d, n = 50, 32, 1000
    alpha, mu, q, x = tensors(
        dtype, normal(91, k), normal(92, k, d), 0.1 * normal(93, k, d * (d + 1) // 2), normal(94, d, n)
    )
    params = [v.requires_grad_() for v in (alpha, mu, q)]
    below = torch.triu_indices(d, d, 1).flip(0)  # what is below the diagonal, column by column
    shares = sum(math.lgamma((d + 1 - i) / 2) for i in range(d))
    prior = -(d + 1) * d / 2 * math.log(2) - d * (d - 1) / 4 * math.log(math.pi) - shares

    def log_likelihood():
        logs, rest = q[:, :d], q[:, d:]
        factors = torch.diag_embed(logs.exp())
        factors = factors.index_put((torch.arange(k)[:, None], below[0], below[1]), rest)
        squares = (factors @ (x - mu[:, :, None])).square().sum(1)
        terms = alpha[:, None] + logs.sum(1, keepdim=True) - squares / 2
        j = terms.logsumexp(0).sum() - n * (alpha.logsumexp(0) + d / 2 * math.log(2 * math.pi))
        return j + (logs.exp().square().sum() + rest.square().sum()) / 2 - k * prior

    def run(steps):
        for _ in range(steps):
            torch.autograd.grad(log_likelihood(), params)

    run(2)
    yield measure(5, 20, lambda: run)


def errors(of, seen):
    """The two errors of each observation, a column of its 15 parameters."""
    r, c, focus, centre, bend, x, w = of.split([3, 3, 1, 2, 2, 3, 1])
    x = x - c
    angle = r.square().sum(0, keepdim=True).sqrt()
    axis, cos = r / angle, angle.cos()
    along = (axis * x).sum(0, keepdim=True) * (1 - cos)
    p = x * cos + torch.cross(axis, x, dim=0) * angle.sin() + axis * along
    p = p[:2] / p[2:]
    square = p.square().sum(0, keepdim=True)
    far = 1 + square * (bend[:1] + bend[1:] * square)
    return w * (p * far * focus + centre - seen)


def bundle(dtype):
    """W13: the Jacobian by two reverse passes over all observations."""
    n = 31843
    parts = tensors(dtype, normal(95, 11, n), normal(96, 3, n), normal(97, 1, n), normal(98, 2, n))
    of, seen = torch.cat(parts[:3]).requires_grad_(), parts[3]

    def run(steps):
        for _ in range(steps):
            both = errors(of, seen)
            torch.autograd.grad(both[0].sum(), of, retain_graph=True)
            torch.autograd.grad(both[1].sum(), of)
            w = of[14]
            torch.autograd.grad((1 - w.square()).sum(), of)

    run(2)
    yield measure(5, 20, lambda: run)
