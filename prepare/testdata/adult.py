"""Makes a table in the manner of Adult, the census of 1994: text, gaps, and in rows that are held out texts that training lacks. Beside
it, what scikit-learn makes of it. Run with scikit-learn 1.2:

    python3 adult.py                         500 rows here, for the tests
    python3 adult.py 50000 /tmp/adult        as many as Adult has, and twenty networks
    ADJOINT_ADULT=/tmp/adult go test -v -run Adult ./models

adult.csv has the rows, of which the first four fifths are those of training. adult.npy has every tenth prepared row, logistic.json the
coefficients of logistic regression; networks.json, of 50 000 rows, the held-out accuracy of MLPClassifier for 20 seeds s, where the
rows i with (i + s) mod 20 < 4 are held out.
"""

import csv
import json
import sys

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

rows, to = (int(sys.argv[1]), sys.argv[2]) if len(sys.argv) > 2 else (500, "adult")
rng = np.random.default_rng(1994)
numbers = ["age", "education_years", "gain", "loss", "hours"]
texts = ["work", "marital", "occupation", "race", "sex", "country"]
education = np.clip(np.round(rng.normal(10, 2.6, rows)), 1, 16)
age = np.clip(np.round(rng.gamma(9, 4.3, rows)), 17, 90)
sex = rng.choice(["Male", "Female"], rows, p=[0.67, 0.33])
marital = np.where(rng.random(rows) < np.clip((age - 18) / 40, 0, 0.75), "Married", rng.choice(["Never", "Divorced", "Widowed"], rows, p=[0.6, 0.3, 0.1]))
work = rng.choice(["Private", "Self", "Federal", "Local", "State", "Unpaid"], rows, p=[0.7, 0.11, 0.04, 0.08, 0.06, 0.01])
occupation = rng.choice([f"job {k}" for k in range(14)], rows, p=np.arange(14, 0, -1) / 105)
race = rng.choice(["White", "Black", "Asian", "Other"], rows, p=[0.85, 0.1, 0.03, 0.02])
country = rng.choice(["US"] + [f"land {k}" for k in range(20)], rows, p=np.r_[0.9, np.arange(20, 0, -1) / 2100])
gain = np.where(rng.random(rows) < 0.08, np.round(rng.lognormal(8, 1, rows)), 0)
loss = np.where(rng.random(rows) < 0.05, np.round(rng.normal(1900, 350, rows)), 0)
hours = np.clip(np.round(rng.normal(40, 12, rows)), 1, 99)
z = 0.35 * (education - 10) + 0.04 * (age - 38) + 1.9 * (marital == "Married") + 0.03 * (hours - 40) + gain / 4000 + 0.3 * (sex == "Male") - 2.6
z += np.array([int(o[4:]) % 5 for o in occupation]) * 0.3 - 0.6
income = np.where(rng.random(rows) < 1 / (1 + np.exp(-z)), ">50K", "<=50K")
held = np.arange(rows) >= rows * 4 // 5
country[held & (rng.random(rows) < 0.02)] = "Atlantis"

table = {n: np.array(v, dtype=object) for n, v in dict(
    age=age, work=work, education_years=education, marital=marital, occupation=occupation, race=race, sex=sex,
    gain=gain, loss=loss, hours=hours, country=country).items()}
for name, share in ("work", 0.06), ("occupation", 0.06), ("hours", 0.03), ("country", 0.02):
    table[name][rng.random(rows) < share] = np.nan
with open(to + "/adult.csv", "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow([*table, "income"])
    for row in zip(*table.values(), income):
        w.writerow(["?" if v != v else int(v) if isinstance(v, float) else v for v in row])


def prepare():
    hot = OneHotEncoder(min_frequency=10, handle_unknown="infrequent_if_exist")
    return ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), [list(table).index(n) for n in numbers]),
        ("texts", make_pipeline(SimpleImputer(strategy="constant", fill_value="(missing)"), hot), [list(table).index(n) for n in texts]),
    ], sparse_threshold=0)


x, y = np.column_stack(list(table.values())), (income == ">50K").astype(int)
p = prepare().fit(x[~held])
np.save(to + "/adult.npy", np.asarray(p.transform(x), dtype=float)[::10])
m = LogisticRegression(tol=1e-13, max_iter=10000, solver="newton-cg").fit(p.transform(x[~held]), y[~held])
with open(to + "/logistic.json", "w") as f:
    json.dump({"w": m.coef_[0].tolist(), "b": m.intercept_[0]}, f)
    f.write("\n")
if rows >= 50000:
    scores = []
    for s in range(20):
        held = (np.arange(rows) + s) % 20 < 4
        p = prepare().fit(x[~held])
        n = MLPClassifier((32,), alpha=0, batch_size=200, max_iter=5, random_state=s).fit(p.transform(x[~held]), y[~held])
        scores.append(n.score(p.transform(x[held]), y[held]))
    with open(to + "/networks.json", "w") as f:
        json.dump(scores, f)
