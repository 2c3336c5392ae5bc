"""Makes sparse.svm, texts as counts of words in the manner of a newsgroup, and what scikit-learn makes of it: sparse.json has the
coefficients and the probabilities of logistic regression, of all three classes and of two. Run
with scikit-learn 1.2:

    python3 sparse.py
"""

import json

import numpy as np
from scipy import sparse
from sklearn.datasets import dump_svmlight_file, load_svmlight_file
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(7)
N, n = 300, 500
rows = np.zeros((N, n))
y = rng.integers(0, 3, N)
words = 1 / np.arange(1, n + 1)  # Zipf
for i in range(N):
    p = words.copy()
    p[y[i] * 7 + 3::31] *= 4  # the words of a subject
    for word in rng.choice(n, rng.integers(1, 12), p=p / p.sum()):
        rows[i, word] += 1
rows[rows > 0] = np.round(np.log1p(rows[rows > 0]), 4)
rows[17] = 0  # a text of no known word
dump_svmlight_file(sparse.csr_matrix(rows), y, "sparse.svm", zero_based=False)

x, y = load_svmlight_file("sparse.svm", n_features=n)
kept = {}
for name, use in ("three", y >= 0), ("two", y < 2):
    m = LogisticRegression(tol=1e-13, max_iter=10000, solver="newton-cg").fit(x[use], y[use])
    kept[name] = {"w": m.coef_.tolist(), "b": m.intercept_.tolist(), "p": m.predict_proba(x[use])[:20].tolist()}
with open("sparse.json", "w") as f:
    json.dump(kept, f)
    f.write("\n")
