"""Logistic fits by scikit-learn, with its defaults: L-BFGS, C = 1, tol = 1e-4."""

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

from peers import digits, measure
from peers_data import logistic_data, loss

LIBRARY = f"scikit-learn {sklearn.__version__}"


def set_threads(_):
    """They are what the environment says."""


def fits(dtype):
    for n, count, blocks in ((10, 1000, 15), (30, 100000, 5)):
        x, y = logistic_data(n, count)
        rows, labels = np.ascontiguousarray(x.T, dtype), y.ravel()
        model = LogisticRegression()
        figures = measure(blocks, 1, lambda: lambda _: model.fit(rows, labels))
        yield figures | {
            "examples": count,
            "features": n,
            "iterations": int(model.n_iter_[0]),
            "gradient_norm": digits(gradient_norm(model, x, y)),
            "final_loss": loss([(model.coef_, model.intercept_)], x, y),
        }


def gradient_norm(model, x, y):
    """That of the mean loss and the penalty, in float64."""
    w, b = model.coef_.astype(float), model.intercept_.astype(float)
    error = 1 / (1 + np.exp(-(w @ x + b))) - y
    return np.linalg.norm(np.append((error @ x.T + w) / y.size, error.mean()))


WORKS = {"fit": fits}
