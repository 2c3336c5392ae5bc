"""Makes titanic.csv, a table in the manner of the Titanic's, and what scikit-learn makes of it and of penguins.csv:
the prepared rows (*.npy), the coefficients of logistic regression (logistic.json) and the accuracies of networks of
16 units over twenty seeds, each with other rows held out (networks.json). Run with scikit-learn 1.2:

    python3 peer.py

The first 300 rows of titanic.csv, and the rows of penguins.csv whose number is no multiple of 4, are those of training.
"""

import csv
import json

import numpy as np
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler


def titanic():
    rng = np.random.default_rng(1912)
    rows = [["age", "fare", "class", "sex", "port", "deck", "title", "joined", "survived"]]
    for i in range(400):
        sex = rng.choice(["male", "female"], p=[0.65, 0.35])
        kind = rng.choice([1, 2, 3], p=[0.25, 0.2, 0.55])
        age = rng.gamma(6, 5)
        titles = ["Mr", "Master", "Dr", "Rev"] if sex == "male" else ["Mrs", "Miss", "Mlle", "Countess"]
        title = rng.choice(titles, p=[0.8, 0.14, 0.03, 0.03])
        if i >= 300 and rng.random() < 0.05:
            title = "Capt"  # unseen in training
        fare = round(float(rng.lognormal(4.5 - kind, 0.6)), 4)
        port = rng.choice(["S", "C", "Q"], p=[0.7, 0.2, 0.1])
        deck = rng.choice(list("ABCDEF"), p=[0.1, 0.2, 0.3, 0.2, 0.15, 0.05])
        if i >= 300 and rng.random() < 0.1:
            deck = "T"
        joined = f"19{rng.integers(8, 12):02}-{rng.integers(1, 13):02}-{rng.integers(1, 28):02}"
        logit = 2.4 * (sex == "female") - 0.9 * kind - 0.02 * age + 0.8 + 0.4 * (port == "C")
        survived = rng.random() < 1 / (1 + np.exp(-logit))
        rows.append([
            "" if rng.random() < 0.2 else f"{age:.1f}", f"{fare}", kind, sex, "" if rng.random() < 0.03 else port,
            "" if rng.random() < 0.6 else deck, title, joined, "yes" if survived else "no",
        ])
    with open("titanic.csv", "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)


def read(path, gap):
    with open(path) as f:
        names, *rows = list(csv.reader(f))
    return {n: np.array([None if r[j] == gap else r[j] for r in rows], dtype=object)[:, None] for j, n in enumerate(names)}


def number(c):
    return np.array([[np.nan if v is None else float(v)] for v in c[:, 0]])


def text(c):  # SimpleImputer knows a gap as NaN
    return np.array([[np.nan if v is None else v] for v in c[:, 0]], dtype=object)


def fitted(t, c, train):
    out = t.fit(c[train]).transform(c)
    return np.asarray(out.todense() if hasattr(out, "todense") else out, dtype=float)


def part(c, f):
    days = np.array([v for v in c[:, 0]], dtype="datetime64[D]")
    return f(days).astype(float)[:, None]


def prepared_titanic(train=np.arange(400) < 300):
    t = read("titanic.csv", "")
    hot = lambda **o: OneHotEncoder(**{"handle_unknown": "ignore", **o})
    fit = lambda s, c: fitted(s, c, train)
    age, fare, kind = number(t["age"]), number(t["fare"]), number(t["class"])
    month = lambda d: d.astype("datetime64[M]").astype(int) % 12 + 1
    parts = [lambda d: d.astype("datetime64[Y]").astype(int) + 1970, month,
             lambda d: (d - d.astype("datetime64[M]")).astype(int) + 1, lambda d: (d.astype(int) + 3) % 7]
    x = np.hstack(
        # the columns that stay numbers, then those that are one-hot
        [
            fit(make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), age),
            fit(MissingIndicator(), age),
            fit(MinMaxScaler(), fare),
            fit(make_pipeline(SimpleImputer(strategy="most_frequent"), OrdinalEncoder()), text(t["port"])),
        ]
        + [fit(StandardScaler(), part(t["joined"], p)) for p in parts]
        + [
            fit(hot(), kind),
            fit(hot(), t["sex"]),
            fit(make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), hot()), text(t["deck"])),
            fit(hot(min_frequency=20, handle_unknown="infrequent_if_exist"), t["title"]),
        ]
    )
    y = (t["survived"][:, 0] == "yes").astype(int)
    return x, y, train


def variants():
    """Other settings, of single columns: 400 rows each."""
    t = read("titanic.csv", "")
    train = np.arange(400) < 300
    fit = lambda s, c: fitted(s, c, train)
    age, fare = number(t["age"]), number(t["fare"])
    filled = lambda s: make_pipeline(SimpleImputer(), s)
    share = {v: n / 300 for v, n in zip(*np.unique(t["sex"][train, 0].astype(str), return_counts=True))}
    return np.hstack([
        fit(filled(KBinsDiscretizer(4, encode="ordinal", strategy="quantile")), age),
        fit(KBinsDiscretizer(6, encode="ordinal", strategy="uniform"), fare),
        np.array([[share[v]] for v in t["sex"][:, 0]]),
        fit(filled(KBinsDiscretizer(3, encode="onehot-dense", strategy="quantile")), age),
        fit(OneHotEncoder(max_categories=4, handle_unknown="ignore"), t["title"]),
        fit(OneHotEncoder(handle_unknown="ignore"), t["deck"]),
    ])


def prepared_penguins(train=np.arange(344) % 4 != 0):
    t = read("../../data/penguins.csv", "NA")
    numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
    x = [fitted(make_pipeline(SimpleImputer(), StandardScaler()), number(t[c]), train) for c in numbers]
    x += [fitted(OneHotEncoder(handle_unknown="ignore"), t[c], train) for c in ["island", "sex"]]
    y = np.unique(t["species"][:, 0].astype(str), return_inverse=True)[1]
    return np.hstack(x), y, train


def logistic(x, y, train):
    m = LogisticRegression(tol=1e-13, max_iter=10000, solver="newton-cg").fit(x[train], y[train])
    return {"w": m.coef_.tolist(), "b": m.intercept_.tolist()}


def network(of, rows, seed):
    held = (np.arange(rows) + seed) % 20 < 4
    x, y, train = of(~held)
    n = MLPClassifier((16,), alpha=0, batch_size=32, learning_rate_init=0.01, max_iter=40, random_state=seed).fit(x[train], y[train])
    return n.score(x[held], y[held])


titanic()
with open("networks.json", "w") as f:
    kinds = {"penguins": (prepared_penguins, 344), "titanic": (prepared_titanic, 400)}
    json.dump({k: [network(*v, seed) for seed in range(20)] for k, v in kinds.items()}, f)
    f.write("\n")
coefficients = {}
for name, of in ("titanic", prepared_titanic), ("penguins", prepared_penguins):
    x, y, train = of()
    np.save(name + ".npy", x)
    coefficients[name] = logistic(x, y, train)
np.save("variants.npy", variants())
with open("logistic.json", "w") as f:
    json.dump(coefficients, f, indent=1)
    f.write("\n")
