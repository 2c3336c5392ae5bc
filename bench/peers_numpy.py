"""The works by NumPy, gradients derived by hand, in buffers that are kept."""

import numpy as np

import peers_blas
from peers import digits, measure
from peers_data import (
    SMALL, WIDE, chain_data, class_data, logistic_data, loss, normal, shuffled, small_weights, uniform, wide_weights,
)
from peers_network import Adam, Network, sigmoid


LIBRARY = f"NumPy {np.__version__}, {peers_blas.name()}"


def set_threads(_):
    """They are what the environment says."""


def logistic(dtype):
    """W1, with examples as columns."""
    x, y = logistic_data()
    end = {}

    def start():
        a, t = x.astype(dtype), y.astype(dtype)
        rows = np.ascontiguousarray(a.T)
        w, b = (0.01 * normal(4, 1, 10)).astype(dtype), np.zeros((1, 1), dtype)
        z, dw, rate = np.empty_like(t), np.empty_like(w), a.dtype.type(0.1 / t.size)
        end["weights"] = [(w, b)]

        def run(steps):
            for _ in range(steps):
                np.dot(w, a, out=z)
                np.add(z, b, out=z)
                sigmoid(z)
                np.subtract(z, t, out=z)
                np.dot(z, rows, out=dw)
                np.multiply(dw, rate, out=dw)
                np.subtract(w, dw, out=w)
                np.subtract(b, rate * z.sum(), out=b)

        return run

    figures = measure(5, 2000, start)
    yield figures | {"final_loss": loss(end["weights"], x, y)}


def full_batch(dtype):
    """W2."""
    x, y = logistic_data()
    rows, targets = np.ascontiguousarray(x.T, dtype), np.ascontiguousarray(y.T, dtype)
    end = {}

    def start():
        net = end["net"] = Network(small_weights(), dtype)

        def run(steps):
            for _ in range(steps):
                net.differentiate(rows, targets)
                net.gradient *= net.flat.dtype.type(0.1)
                net.flat -= net.gradient

        return run

    figures = measure(5, 2000, start)
    yield figures | {"final_loss": loss(end["net"].weights(), x, y)}


def mini_batch(dtype):
    """W3."""
    x, y = logistic_data()
    rows, targets = np.ascontiguousarray(x.T, dtype), np.ascontiguousarray(y.T, dtype)
    order = [shuffled(e, len(rows)) for e in range(320)]
    end = {}

    def start():
        net = end["net"] = Network(small_weights(), dtype)
        adam = Adam(net, 1e-7)

        def run(_):
            for epoch in order:
                a, t = rows[epoch], targets[epoch]
                for i in range(0, len(a), 32):
                    net.differentiate(a[i : i + 32], t[i : i + 32])
                    adam.step()

        return run

    figures = measure(3, 320 * 32, start)
    yield figures | {"final_loss": loss(end["net"].weights(), x, y)}


def wide(dtype):
    """W4."""
    x, classes = class_data()
    rows, weights = np.ascontiguousarray(x.T, dtype), wide_weights()
    end = {}

    def start():
        net = end["net"] = Network(weights, dtype)
        adam = Adam(net, 1e-8)

        def run(steps):
            for step in range(steps):
                i = step * 128 % len(rows)
                net.differentiate(rows[i : i + 128], classes[i : i + 128])
                adam.step()

        net.differentiate(rows[:128], classes[:128])
        return run

    figures = measure(5, 80, start)
    yield figures | {"final_loss": loss(end["net"].weights(), x, classes)}


def chain(dtype):
    """W5. The gradient is in the code, so there is nothing to build."""
    for layers in (10, 100, 1000):
        x, w = chain_data(layers)
        x, w = x.astype(dtype), [v.astype(dtype) for v in w]
        b = [np.zeros((16, 1), dtype) for _ in w]
        end = {}

        def start():
            a = [x] + [np.empty_like(x) for _ in w]
            dw, db = [np.empty_like(v) for v in w], [np.empty_like(v) for v in b]
            slope = np.empty_like(x)

            def run(steps):
                delta, below = np.empty_like(x), np.empty_like(x)
                for _ in range(steps):
                    for l in range(layers):
                        np.dot(w[l], a[l], out=a[l + 1])
                        np.add(a[l + 1], b[l], out=a[l + 1])
                        np.tanh(a[l + 1], out=a[l + 1])
                    np.multiply(a[-1], a[-1].dtype.type(2 / x.size), out=delta)
                    for l in reversed(range(layers)):
                        np.multiply(a[l + 1], a[l + 1], out=slope)
                        np.subtract(1, slope, out=slope)
                        np.multiply(delta, slope, out=delta)
                        np.dot(delta, a[l].T, out=dw[l])
                        np.sum(delta, axis=1, keepdims=True, out=db[l])
                        if l > 0:
                            np.dot(w[l].T, delta, out=below)
                            delta, below = below, delta
                end["loss"] = float(np.mean(a[-1] * a[-1]))

            run(1)
            return run

        figures = measure(5, max(3, 3000 // layers), start)
        yield figures | {"layers": layers, "final_loss": end["loss"]}


def answers(dtype):
    """W6."""
    for nodes, weights, calls in ((SMALL, small_weights(), 20000), (WIDE, wide_weights(), 2000)):
        (w1, b1), (w2, b2), (w3, b3) = [(w.astype(dtype), b.astype(dtype).reshape(-1, 1)) for w, b in weights]
        x = normal(51, nodes[0], 1).astype(dtype)
        end = {}

        def run(count):
            for _ in range(count):
                h = np.dot(w1, x)
                h += b1
                np.maximum(h, 0, out=h)
                h = np.dot(w2, h)
                h += b2
                np.maximum(h, 0, out=h)
                z = np.dot(w3, h)
                z += b3
                if nodes[-1] == 1:
                    sigmoid(z)
                else:
                    z -= z.max()
                    np.exp(z, out=z)
                    z /= z.sum()
            end["answer"] = float(z[0, 0])

        run(10)
        figures = measure(5, calls, lambda: run)
        yield figures | {
            "net": "-".join(map(str, nodes)),
            "us_per_call": digits(1e3 * figures["ms_per_step"]),
            "output": end["answer"],
        }


SHAPES = [("", n, n, n, False, False) for n in (32, 64, 128, 256, 512, 1024, 2048)] + [
    ("w[1]x", 512, 128, 784, False, False),
    ("w[2]a", 256, 128, 512, False, False),
    ("w[3]a", 10, 128, 256, False, False),
    ("w[2]'δ", 512, 128, 256, True, False),
    ("δx'", 512, 784, 128, False, True),
    ("δa'", 256, 512, 128, False, True),
]


def matrices(m, n, k, a_transposed, b_transposed, dtype):
    """The factors of an m by n product, as they lie in memory transposed or not."""
    a = (uniform(61, m * k) - 0.5).astype(dtype)
    b = (uniform(62, k * n) - 0.5).astype(dtype)
    return (
        a.reshape(k, m).T if a_transposed else a.reshape(m, k),
        b.reshape(n, k).T if b_transposed else b.reshape(k, n),
    )


def products_by(multiply):
    """W7. multiply(a, b) returns a function that does it."""

    def products(dtype):
        for name, m, n, k, *transposed in SHAPES:
            once = multiply(*matrices(m, n, k, *transposed, dtype))

            def run(count):
                for _ in range(count):
                    once()

            run(2)
            flop = 2 * m * n * k
            figures = measure(5, max(2, int(2.5e9 / flop)), lambda: run)
            yield figures | {
                **({"product": name} if name else {}), "m": m, "n": n, "k": k,
                "gflops": digits(flop * figures["steps_per_s"] / 1e9),
            }

    return products


def dot(a, b):
    c = np.empty((len(a), b.shape[1]), a.dtype)
    return lambda: np.dot(a, b, out=c)


WORKS = {
    "W1": logistic, "W2": full_batch, "W3": mini_batch, "W4": wide, "W5": chain, "W6": answers, "W7": products_by(dot),
}
