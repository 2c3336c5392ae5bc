"""The works by PyTorch: WORKS as its users write them, TUNED the fastest found."""

import math
import os
import statistics
import time

import numpy as np
import torch
from torch import distributed, nn
from torch.nn import functional as F

from peers import digits, figures_of, measure
from peers_adbench import bundle, mixture
from peers_data import (
    SMALL, WIDE, chain_data, class_data, logistic_data, loss, normal, shuffled, small_weights, wide_weights,
)
from peers_numpy import products_by

LIBRARY = f"PyTorch {torch.__version__}"
set_threads = torch.set_num_threads


def rows_of(x, dtype):
    return torch.tensor(np.ascontiguousarray(x.T, dtype))


def logistic(dtype):
    """W1."""
    x, y = logistic_data()
    inputs, targets = torch.tensor(x.astype(dtype)), torch.tensor(y.astype(dtype))
    end = {}

    def start():
        w = torch.tensor((0.01 * normal(4, 1, 10)).astype(dtype), requires_grad=True)
        b = torch.zeros(1, 1, dtype=w.dtype, requires_grad=True)
        optimizer = torch.optim.SGD([w, b], lr=0.1)
        end["weights"] = [(w.detach().numpy(), b.detach().numpy())]

        def run(steps):
            for _ in range(steps):
                optimizer.zero_grad(set_to_none=True)
                F.binary_cross_entropy_with_logits(w @ inputs + b, targets).backward()
                optimizer.step()

        return run

    figures = measure(5, 2000, start)
    yield figures | {"final_loss": loss(end["weights"], x, y)}


def logistic_tuned(dtype):
    """W1 by a gradient derived by hand, in place."""
    x, y = logistic_data()
    inputs, targets = torch.tensor(x.astype(dtype)), torch.tensor(y.astype(dtype))
    rows, rate = inputs.t().contiguous(), 0.1 / y.size
    end = {}

    def start():
        w = torch.tensor((0.01 * normal(4, 1, 10)).astype(dtype))
        b = torch.zeros(1, 1, dtype=w.dtype)
        z = torch.empty_like(targets)
        end["weights"] = [(w.numpy(), b.numpy())]

        @torch.inference_mode()
        def run(steps):
            for _ in range(steps):
                torch.addmm(b, w, inputs, out=z)
                z.sigmoid_().sub_(targets)
                w.addmm_(z, rows, alpha=-rate)
                b.sub_(z.sum(), alpha=rate)

        return run

    figures = measure(5, 2000, start)
    yield figures | {"final_loss": loss(end["weights"], x, y)}


def network(weights, dtype, *last):
    """Linear layers with ReLU between them, and what comes last."""
    layers = []
    for w, b in weights:
        linear = nn.Linear(w.shape[1], w.shape[0], dtype=getattr(torch, dtype))
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(w))
            linear.bias.copy_(torch.tensor(b))
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1], *last)


def weights_of(net):
    return [(m.weight.detach().numpy(), m.bias.detach().numpy()) for m in net if isinstance(m, nn.Linear)]


def full_batch(dtype):
    """W2."""
    x, y = logistic_data()
    rows, targets = rows_of(x, dtype), rows_of(y, dtype)
    end = {}

    def start():
        net = end["net"] = network(small_weights(), dtype)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

        def run(steps):
            for _ in range(steps):
                optimizer.zero_grad(set_to_none=True)
                F.binary_cross_entropy_with_logits(net(rows), targets).backward()
                optimizer.step()

        return run

    figures = measure(5, 2000, start)
    yield figures | {"final_loss": loss(weights_of(end["net"]), x, y)}


def mini_batch(dtype):
    """W3."""
    x, y = logistic_data()
    rows, targets = rows_of(x, dtype), rows_of(y, dtype)
    order = [torch.tensor(shuffled(e, len(rows))) for e in range(320)]
    cost = nn.BCELoss()
    end = {}

    def start():
        net = end["net"] = network(small_weights(), dtype, nn.Sigmoid())
        optimizer = torch.optim.Adam(net.parameters(), eps=1e-7)

        def run(_):
            for epoch in order:
                a, t = rows[epoch], targets[epoch]
                for i in range(0, len(a), 32):
                    optimizer.zero_grad(set_to_none=True)
                    cost(net(a[i : i + 32]), t[i : i + 32]).backward()
                    optimizer.step()

        return run

    figures = measure(3, 320 * 32, start)
    yield figures | {"final_loss": loss(weights_of(end["net"]), x, y)}


def wide_by(**options):
    """W4, with options of Adam."""

    def wide(dtype):
        x, classes = class_data()
        rows, labels, weights = rows_of(x, dtype), torch.tensor(classes), wide_weights()
        end = {}

        def start():
            net = end["net"] = network(weights, dtype)
            optimizer = torch.optim.Adam(net.parameters(), **options)

            def run(steps):
                for step in range(steps):
                    i = step * 128 % len(rows)
                    optimizer.zero_grad(set_to_none=True)
                    F.cross_entropy(net(rows[i : i + 128]), labels[i : i + 128]).backward()
                    optimizer.step()

            F.cross_entropy(net(rows[:128]), labels[:128]).backward()
            return run

        figures = measure(5, 80, start)
        yield figures | {"final_loss": loss(weights_of(end["net"]), x, classes)}

    return wide


def ranks_by(**options):
    """W14, with options of Adam. The processes that mpirun has started share the rows of a batch by gloo."""

    def ranks(dtype):
        batch, blocks, steps = 512, 12, 20
        rank, size = (int(os.environ.get("OMPI_COMM_WORLD_" + key, default)) for key, default in (("RANK", 0), ("SIZE", 1)))
        if size > 1:
            address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29514"}
            os.environ |= address | os.environ
            distributed.init_process_group("gloo", rank=rank, world_size=size)
        x, classes = class_data()
        rows, labels, weights = rows_of(x, dtype), torch.tensor(classes), wide_weights()
        mine, seconds = batch // size, []
        for _ in range(blocks):
            net = network(weights, dtype)
            shared = nn.parallel.DistributedDataParallel(net) if size > 1 else net
            optimizer = torch.optim.Adam(net.parameters(), **options)

            def gradients(step):
                i = step * batch % len(rows) + rank * mine
                optimizer.zero_grad(set_to_none=True)
                F.cross_entropy(shared(rows[i : i + mine]), labels[i : i + mine]).backward()

            gradients(0)
            begin = time.perf_counter()
            for step in range(steps):
                gradients(step)
                optimizer.step()
            seconds.append((time.perf_counter() - begin) / steps)
        if size > 1:
            distributed.destroy_process_group()
        if rank == 0:
            yield figures_of(statistics.median(seconds)) | {"ranks": size, "final_loss": loss(weights_of(net), x, classes)}

    return ranks


def lenet_net(dtype):
    """LeNet as W8 begins with it."""
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    ).to(getattr(torch, dtype))
    with torch.no_grad():
        for i, p in enumerate(net.parameters()):
            size = math.prod(p.shape[1:])
            p.copy_(torch.tensor(math.sqrt(2 / size) * normal(70 + i, *p.shape)) if p.dim() > 1 else torch.zeros_like(p))
    return net


def lenet_image(dtype):
    """The first image of W8."""
    return torch.tensor(normal(81, 1, 784).reshape(1, 1, 28, 28).astype(dtype))


def lenet_by(layout, **options):
    """W8, with images in a memory layout and options of Adam."""

    def lenet(dtype):
        flat = normal(81, 512, 784)
        labels = torch.tensor(np.argmax(flat @ normal(82, 784, 10), 1))
        x = torch.tensor(flat.reshape(512, 1, 28, 28).astype(dtype)).to(memory_format=layout)
        end = {}

        def start():
            net = end["net"] = lenet_net(dtype).to(memory_format=layout)
            optimizer = torch.optim.Adam(net.parameters(), **options)

            def run(steps):
                for step in range(steps):
                    i = step * 64 % len(x)
                    optimizer.zero_grad(set_to_none=True)
                    F.cross_entropy(net(x[i : i + 64]), labels[i : i + 64]).backward()
                    optimizer.step()

            F.cross_entropy(net(x[:64]), labels[:64]).backward()
            return run

        figures = measure(5, 100, start)
        with torch.no_grad():
            yield figures | {"final_loss": F.cross_entropy(end["net"](x), labels).item()}

    return lenet


def lenet_answer(dtype):
    """W8a, by a net that is frozen and optimized for inference."""
    x, last = lenet_image(dtype), {}
    net = torch.jit.optimize_for_inference(torch.jit.trace(lenet_net(dtype).eval(), x))

    def run(calls):
        with torch.no_grad():
            for _ in range(calls):
                last["answer"] = net(x)

    run(10)
    figures = measure(5, 2000, lambda: run)
    yield figures | {"us_per_call": digits(1e3 * figures["ms_per_step"]), "output": last["answer"][0, 0].item()}


CONVOLUTIONS = [
    ("3×3, 16→16, 28²", 16, 16, 28, 3, 1, 1, 1), ("3×3, 32→32, 14²", 32, 32, 14, 3, 1, 1, 1),
    ("3×3, 64→64, 28²", 64, 64, 28, 3, 1, 1, 1), ("5×5, 64→64, 28²", 64, 64, 28, 5, 1, 2, 1),
    ("3×3, 256→256, 7²", 256, 256, 7, 3, 1, 1, 1), ("3×3 by 2, 64→64, 28²", 64, 64, 28, 3, 2, 1, 1),
    ("1×1, 64→64, 28²", 64, 64, 28, 1, 1, 0, 1), ("3×3 depthwise, 64, 28²", 64, 64, 28, 3, 1, 1, 64),
]


def convolutions_by(layout):
    """The convolutions, with images in a memory layout."""

    def convolutions(dtype):
        dtype = getattr(torch, dtype)
        for name, out, into, side, window, stride, pad, groups in CONVOLUTIONS:
            for n in (1, 16, 64):
                x = torch.rand(n, into, side, side, dtype=dtype).to(memory_format=layout)
                w = torch.rand(out, into // groups, window, window, dtype=dtype).to(memory_format=layout)
                y = F.conv2d(x, w, None, stride, pad, 1, groups)
                flop = 2 * y.numel() * (into // groups) * window**2
                z = torch.rand_like(y)

                def backward(*mask):
                    return lambda: torch.ops.aten.convolution_backward(
                        z, x, w, None, [stride] * 2, [pad] * 2, [1, 1], False, [0, 0], groups, mask
                    )

                parts = {
                    "y": lambda: F.conv2d(x, w, None, stride, pad, 1, groups),
                    "dw": backward(False, True, False), "dx": backward(True, False, False),
                }
                for part, once in parts.items():

                    def run(count):
                        with torch.no_grad():
                            for _ in range(count):
                                once()

                    run(2)
                    figures = measure(5, max(2, int(2e9 / flop)), lambda: run)
                    yield figures | {
                        "net": f"{name}, N = {n}: {part}", "gflops": digits(flop * figures["steps_per_s"] / 1e9),
                    }

    return convolutions


def chain(dtype):
    """W5. PyTorch builds its graph in every step, so building is part of the step."""
    for layers in (10, 100, 1000):
        x, w = chain_data(layers)
        x = torch.tensor(x.astype(dtype))
        end = {}

        def start():
            params = [torch.tensor(v.astype(dtype), requires_grad=True) for v in w]
            biases = [torch.zeros(16, 1, dtype=x.dtype, requires_grad=True) for _ in w]

            def run(steps):
                for _ in range(steps):
                    for p in params + biases:
                        p.grad = None
                    a = x
                    for v, b in zip(params, biases):
                        a = torch.tanh(torch.addmm(b, v, a))
                    j = (a * a).mean()
                    j.backward()
                end["loss"] = j.item()

            run(1)
            return run

        figures = measure(5, max(3, 3000 // layers), start)
        yield figures | {"layers": layers, "final_loss": end["loss"]}


def answers_by(prepare):
    """W6. prepare makes a network ready for answers."""

    def answers(dtype):
        for nodes, weights, calls in ((SMALL, small_weights(), 20000), (WIDE, wide_weights(), 2000)):
            last = nn.Sigmoid() if nodes[-1] == 1 else nn.Softmax(1)
            net = prepare(network(weights, dtype, last).eval())
            x = torch.tensor(normal(51, 1, nodes[0]).astype(dtype))
            end = {}

            @torch.inference_mode()
            def run(count):
                for _ in range(count):
                    y = net(x)
                end["answer"] = float(y[0, 0])

            run(200)
            figures = measure(5, calls, lambda: run)
            yield figures | {
                "net": "-".join(map(str, nodes)),
                "us_per_call": digits(1e3 * figures["ms_per_step"]),
                "output": end["answer"],
            }

    return answers


def frozen(net):
    return torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.script(net)))


def mm(a, b):
    a, b = torch.from_numpy(a), torch.from_numpy(b)
    c = torch.empty(len(a), b.shape[1], dtype=a.dtype)
    return lambda: torch.mm(a, b, out=c)


def sequence(steps, net, x, cost):
    """The cost and its gradient in all weights and the input."""
    end = {}

    def start():
        def run(count):
            for _ in range(count):
                net.zero_grad(set_to_none=True)
                x.grad = None
                j = cost(net(x))
                j.backward()
            end["loss"] = j.item()

        run(3)
        return run

    figures = measure(5, steps, start)
    yield figures | {"final_loss": end["loss"]}


def lstm(hidden, features, times, examples, steps):
    """W9, W10."""

    def work(dtype):
        net = nn.LSTM(features, hidden, dtype=getattr(torch, dtype))
        with torch.no_grad():
            for i, p in enumerate(net.parameters()):
                p.copy_(torch.tensor(normal(92 + i, *p.shape, *(1,) * (2 - p.dim())).reshape(p.shape) / np.sqrt(hidden)))
        x = torch.tensor(normal(91, times * examples, features).reshape(times, examples, features).astype(dtype), requires_grad=True)
        return sequence(steps, net, x, lambda y: (y[0] * y[0]).sum() / (times * examples))

    return work


class Block(nn.Module):
    """A transformer block, with causal attention and layer norms first."""

    def __init__(self, d, heads, times):
        super().__init__()
        self.heads = heads
        self.before, self.after = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.w, self.v = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        self.mask = torch.ones(times, times, dtype=torch.bool).triu(1)

    def forward(self, x):
        examples, times, d = x.shape
        q, k, v = self.qkv(self.before(x)).view(examples, times, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            y = (q @ k.transpose(-1, -2) / np.sqrt(d // self.heads)).masked_fill(self.mask, float("-inf")).softmax(-1) @ v
        x = x + self.out(y.transpose(1, 2).reshape(examples, times, d))
        return x + self.v(F.gelu(self.w(self.after(x))))


def block(dtype):
    """W11."""
    d, heads, times, examples = 128, 4, 128, 8
    net = Block(d, heads, times).to(getattr(torch, dtype))
    with torch.no_grad():
        for i, p in enumerate(net.parameters()):
            if p.dim() > 1:
                p.copy_(torch.tensor(normal(96 + i, *p.shape) / np.sqrt(p.shape[1])))
            elif i > 3:
                p.zero_()
    x = torch.tensor(normal(95, examples * times, d).reshape(examples, times, d).astype(dtype), requires_grad=True)
    return sequence(20, net, x, lambda y: (y * y).mean())


WORKS = {
    "W1": logistic, "W2": full_batch, "W3": mini_batch, "W4": wide_by(), "W5": chain,
    "W6": answers_by(lambda net: net), "W7": products_by(mm),
    "W9": lstm(64, 32, 50, 32, 20), "W10": lstm(256, 256, 128, 16, 5), "W11": block,
    "W8": lenet_by(torch.contiguous_format), "W8a": lenet_answer, "conv": convolutions_by(torch.contiguous_format),
    "W12": mixture, "W13": bundle, "W14": ranks_by(),
}
TUNED = {
    "W1": logistic_tuned, "W4": wide_by(foreach=True), "W6": answers_by(frozen),
    "W8": lenet_by(torch.channels_last, foreach=True), "conv": convolutions_by(torch.channels_last),
    "W14": ranks_by(foreach=True),
}
