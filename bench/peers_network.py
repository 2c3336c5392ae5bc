"""A network of three layers and Adam, by NumPy, in buffers that are kept."""

import numpy as np


def sigmoid(z):
    """Replaces z by 1/(1 + exp(-z))."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)


class Network:
    """Three layers, ReLU, ReLU, and sigma or softmax, of examples as rows."""

    def __init__(self, weights, dtype):
        # All parameters lie in one array, so that an optimizer moves them at once.
        self.flat = np.concatenate([v.ravel() for layer in weights for v in layer]).astype(dtype)
        self.gradient = np.empty_like(self.flat)
        self.params, self.grads = [], []
        at = 0
        for v in (v for layer in weights for v in layer):
            self.params.append(self.flat[at : at + v.size].reshape(v.shape))
            self.grads.append(self.gradient[at : at + v.size].reshape(v.shape))
            at += v.size
        self.transposed = [w.T for w in self.params[::2]]
        self.buffers = {}

    def weights(self):
        return list(zip(self.params[::2], self.params[1::2]))

    def buffers_of(self, n):
        """h1, h2, z, the cotangents of h1 and h2, masks, and a row of 1/n."""
        if n not in self.buffers:
            sizes, dtype = [b.size for b in self.params[1::2]], self.flat.dtype
            new = lambda m, kind=dtype: np.empty((n, m), kind)
            self.buffers[n] = (
                *map(new, sizes), new(sizes[0]), new(sizes[1]), new(sizes[0], bool), new(sizes[1], bool),
                np.full(n, 1 / n, dtype), dtype.type(1 / n),
            )
        return self.buffers[n]

    def differentiate(self, x, y):
        """Sets the gradient. y is (n, 1), or (n,) classes."""
        h1, h2, z, d1, d2, m1, m2, mean, share = self.buffers_of(len(x))
        (_, b1, w2, b2, w3, b3), (t1, t2, t3) = self.params, self.transposed
        np.dot(x, t1, out=h1)
        np.add(h1, b1, out=h1)
        np.maximum(h1, 0, out=h1)
        np.dot(h1, t2, out=h2)
        np.add(h2, b2, out=h2)
        np.maximum(h2, 0, out=h2)
        np.dot(h2, t3, out=z)
        np.add(z, b3, out=z)
        if y.ndim == 2:
            sigmoid(z)
            z -= y
        else:
            z -= z.max(axis=1, keepdims=True)
            np.exp(z, out=z)
            z /= z.sum(axis=1, keepdims=True)
            z[np.arange(len(y)), y] -= 1
        gw1, gb1, gw2, gb2, gw3, gb3 = self.grads
        np.dot(z, w3, out=d2)
        np.greater(h2, 0, out=m2)
        np.multiply(d2, m2, out=d2)
        np.dot(d2, w2, out=d1)
        np.greater(h1, 0, out=m1)
        np.multiply(d1, m1, out=d1)
        np.dot(z.T, h2, out=gw3)
        np.dot(mean, z, out=gb3)
        np.dot(d2.T, h1, out=gw2)
        np.dot(mean, d2, out=gb2)
        np.dot(d1.T, x, out=gw1)
        np.dot(mean, d1, out=gb1)
        for g in (gw1, gw2, gw3):
            g *= share


class Adam:
    def __init__(self, network, eps):
        self.w, self.g, self.eps, self.t = network.flat, network.gradient, eps, 0
        self.m, self.v = np.zeros_like(self.w), np.zeros_like(self.w)
        self.s = np.empty_like(self.w)
        self.r = np.empty_like(self.w)

    def step(self):
        self.t += 1
        m, v, s, r, number = self.m, self.v, self.s, self.r, self.w.dtype.type
        m *= number(0.9)
        np.multiply(self.g, number(0.1), out=s)
        m += s
        v *= number(0.999)
        np.multiply(self.g, self.g, out=s)
        s *= number(0.001)
        v += s
        np.multiply(v, number(1 / (1 - 0.999**self.t)), out=s)
        np.sqrt(s, out=s)
        s += number(self.eps)
        np.divide(m, s, out=r)
        r *= number(1e-3 / (1 - 0.9**self.t))
        self.w -= r
