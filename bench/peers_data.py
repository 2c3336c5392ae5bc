"""The data of the works, bit for bit those of normal.go, data.go and task.go."""

import math

import numpy as np

SMALL, WIDE = (10, 32, 8, 1), (784, 512, 256, 10)
SMALL_SEED, WIDE_SEED = 10, 30


def uniform(seed, count):
    """The leading 53 bits of splitmix64 at seed * 2**32 + (i+1) * gamma, in [0, 1)."""
    u64 = np.uint64
    with np.errstate(over="ignore"):
        z = u64(seed << 32) + np.arange(1, count + 1, dtype=u64) * u64(0x9E3779B97F4A7C15)
        z = (z ^ z >> u64(30)) * u64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> u64(27)) * u64(0x94D049BB133111EB)
    return ((z ^ z >> u64(31)) >> u64(11)) * 2.0**-53


def normal(seed, *shape):
    """Box and Muller's numbers, each from the uniform ones at 2i and 2i+1."""
    u = uniform(seed, 2 * math.prod(shape)).reshape(-1, 2)
    parts = np.array_split(u, 1 + len(u) // 4096)  # that stay in the cache
    values = [np.sqrt(-2 * log(1 - p[:, 0])) * cos(2 * math.pi * p[:, 1]) for p in parts]
    return np.concatenate(values).reshape(shape)


# A pair (high, low) of arrays stands for high + low (T. Dekker 1971). With it the
# logarithm and the cosine are correctly rounded, whatever the C library has.


def two_sum(a, b):
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def joined(a, b):
    """two_sum where |a| >= |b|."""
    s = a + b
    return s, b - (s - a)


def split(a):
    t = 134217729.0 * a
    high = t - (t - a)
    return high, a - high


def plus(a, b):
    s, e = two_sum(a[0], b[0])
    return joined(s, e + (a[1] + b[1]))


def times(a, b):
    p = a[0] * b[0]
    (x, u), (y, v) = split(a[0]), split(b[0])
    low = ((x * y - p) + x * v + u * y) + u * v
    return joined(p, low + (a[0] * b[1] + a[1] * b[0]))


def over(a, b):
    q = a[0] / b[0]
    rest = plus(a, times(b, (-q, 0.0)))
    return joined(q, rest[0] / b[0])


def inverses(denominators):
    return [over((1.0, 0.0), (float(d), 0.0)) for d in denominators]


ARTANH = inverses(2 * k + 1 for k in range(16))
COS = inverses((-1) ** k * math.factorial(2 * k) for k in range(12))
SIN = inverses((-1) ** k * math.factorial(2 * k + 1) for k in range(12))
LN2 = float.fromhex("0x1.62e42fefa39efp-1"), float.fromhex("0x1.abc9e3b39803fp-56")
HALF_PI = float.fromhex("0x1.921fb54442d18p0"), float.fromhex("0x1.1a62633145c07p-54")


def series(x, terms):
    """The sum of terms[k] * x**k; the digits of a float suffice from k = 6 on."""
    tail = np.zeros_like(x[0])
    for high, _ in reversed(terms[6:]):
        tail = tail * x[0] + high
    total = tail, np.zeros_like(tail)
    for term in reversed(terms[:6]):
        total = plus(times(total, x), term)
    return total


def log(x):
    m, e = np.frexp(x)
    low = m < math.sqrt(0.5)
    m, e = np.where(low, 2 * m, m), e - low
    s = over(two_sum(m, -1.0), two_sum(m, 1.0))
    artanh = times(s, series(times(s, s), ARTANH))
    return plus(times((e.astype(float), 0.0), LN2), (2 * artanh[0], 2 * artanh[1]))[0]


def cos(x):
    quarter = np.rint(x / (math.pi / 2))
    r = plus((x, 0.0), times((-quarter, 0.0), HALF_PI))
    square = times(r, r)
    even, odd = series(square, COS)[0], times(r, series(square, SIN))[0]
    return np.choose(quarter.astype(int) % 4, [even, -odd, -even, odd])


def logistic_data(n=10, count=1000):
    """x (n, count), y (1, count)."""
    x = normal(1, n, count)
    z = normal(2, 1, n) @ x
    return x, (1 / (1 + np.exp(-z)) > uniform(3, count)).astype(float)


def class_data(n=784, count=1024, classes=10):
    """x (n, count), and the class of each column."""
    x = normal(21, n, count)
    return x, np.argmax(normal(22, classes, n) @ x, axis=0)


def he_normal(nodes, seed):
    """[w, b] of each layer: w (m, n), b (m,)."""
    return [
        [math.sqrt(2 / n) * normal(seed + l, m, n), np.zeros(m)]
        for l, (n, m) in enumerate(zip(nodes, nodes[1:]), 1)
    ]


def small_weights():
    return he_normal(SMALL, SMALL_SEED)


def wide_weights():
    return he_normal(WIDE, WIDE_SEED)


def shuffled(epoch, count):
    return np.argsort(uniform(1000 + epoch, count), kind="stable")


def chain_data(layers):
    """x (16, 32), and w of each layer."""
    return normal(41, 16, 32), [1.3 / 4 * normal(100 + l, 16, 16) for l in range(layers)]


def loss(weights, x, y):
    """The mean loss of a network of ReLU layers, in float64. y is (1, N), or (N,) classes."""
    a = x
    for w, b in weights:
        z = np.asarray(w, float) @ a + np.asarray(b, float).reshape(-1, 1)
        a = np.maximum(z, 0)
    if y.ndim == 2:
        return float(np.mean(np.logaddexp(0, z) - y * z))
    z = z - z.max(axis=0)
    return float(np.mean(np.log(np.exp(z).sum(axis=0)) - z[y, np.arange(len(y))]))
