"""Writes tests of the domain ai.onnx.ml: files made by hand of what scikit-learn has fitted, and
what scikit-learn says of other rows. The archive is as that of nodes.py.

    /usr/bin/python3 learning.py ../testdata/learning.tar.gz
"""
import gzip
import io
import sys
import tarfile
import warnings

import numpy as np
import onnx
from onnx import TensorProto as T, helper, numpy_helper
from sklearn import ensemble, impute, linear_model, preprocessing, svm, tree

warnings.filterwarnings("ignore")
rng = np.random.default_rng(1)
ML = "ai.onnx.ml"
NAN = float("nan")
cases = {}


def f32(a):
    return [float(v) for v in np.asarray(a, np.float32).ravel()]


def case(name, nodes, x, outs, more=(), tolerance=1e-5, kinds=None):
    """A file of nodes that read X (and `more`), and its outputs by name, in order."""
    kind = {np.dtype("float32"): T.FLOAT, np.dtype("int64"): T.INT64, np.dtype("float64"): T.DOUBLE}
    of = lambda a: T.STRING if a.dtype.kind in "OU" else kind[a.dtype]
    info = lambda n, a: helper.make_tensor_value_info(n, of(a), ["N"] + list(a.shape[1:]))
    graph = helper.make_graph(nodes, name, [info("X", x)], [info(n, a) for n, a in outs.items()],
                              [numpy_helper.from_array(a, n) for n, a in more])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15), helper.make_opsetid(ML, 3)])
    files = {"model.onnx": model.SerializeToString(), "tolerance": f"{tolerance} {tolerance}".encode()}
    for i, (n, a) in enumerate([("X", x)]):
        files[f"0/in{i}.pb"] = numpy_helper.from_array(a.astype(object) if of(a) == T.STRING else a, n).SerializeToString()
    for i, (n, a) in enumerate(outs.items()):
        files[f"0/out{i}.pb"] = numpy_helper.from_array(a.astype(object) if of(a) == T.STRING else a, n).SerializeToString()
    cases[name] = files


def node(op, ins="X", outs="Y", **attributes):
    return helper.make_node(op, ins.split(), outs.split(), domain=ML, **attributes)


X = rng.normal(size=(150, 4)).astype(np.float32) * [1, 3, 0.5, 2] + [0, 1, -2, 5]
X = X.astype(np.float32)
new = (rng.normal(size=(9, 4)) * [1, 3, 0.5, 2] + [0, 1, -2, 5]).astype(np.float32)
score = X @ [1, -0.3, 2, 0.1] + 0.2 * rng.normal(size=150)
two = (score > np.median(score)).astype(np.int64)
three = np.digitize(score, np.quantile(score, [0.3, 0.6])).astype(np.int64) * 10 + 5
named = np.array(["low", "middle", "high"])[three // 10]
targets = np.stack([score, score**2 + X[:, 1]], 1)

# Scaler, Normalizer, Binarizer, Imputer.
s = preprocessing.StandardScaler().fit(X)
case("scaler_standard", [node("Scaler", offset=f32(s.mean_), scale=f32(1 / s.scale_))], new, {"Y": s.transform(new)})
s = preprocessing.MinMaxScaler().fit(X)
case("scaler_min_max", [node("Scaler", offset=f32(s.data_min_), scale=f32(s.scale_))], new, {"Y": s.transform(new)})
case("scaler_of_one_number", [node("Scaler", offset=[1.0], scale=[2.0])], new, {"Y": (new - 1) * 2})
for norm in "l1", "l2", "max":
    case("normalizer_" + norm, [node("Normalizer", norm=norm.upper())], new, {"Y": preprocessing.normalize(new, norm)})
case("binarizer", [node("Binarizer", threshold=0.5)], new, {"Y": preprocessing.binarize(new, threshold=0.5)})
gaps = new.copy()
gaps[rng.random(gaps.shape) < 0.3] = np.nan
s = impute.SimpleImputer().fit(X)
case("imputer_mean", [node("Imputer", imputed_value_floats=f32(s.statistics_), replaced_value_float=NAN)], gaps, {"Y": s.transform(gaps).astype(np.float32)})
whole = rng.integers(-1, 4, size=(9, 3))
s = impute.SimpleImputer(missing_values=-1, strategy="most_frequent").fit(rng.integers(0, 4, size=(50, 3)))
case("imputer_integers", [node("Imputer", imputed_value_int64s=[int(v) for v in s.statistics_], replaced_value_int64=-1)], whole, {"Y": s.transform(whole)})

# Encoders.
cats = [2, 3, 5, 7]
ints = rng.choice([2, 3, 5, 7, 11], size=(9, 1))
s = preprocessing.OneHotEncoder(categories=[cats], handle_unknown="ignore", sparse_output=False, dtype=np.float32).fit(np.array(cats).reshape(-1, 1))
case("one_hot_integers", [node("OneHotEncoder", cats_int64s=cats, zeros=1)], ints, {"Y": s.transform(ints).reshape(9, 1, 4)})
words = ["ant", "bee", "cow"]
texts = np.array("bee dog ant cow ant bee cow dog ant".split(), object).reshape(-1, 1)
s = preprocessing.OneHotEncoder(categories=[words], handle_unknown="ignore", sparse_output=False, dtype=np.float32).fit(np.array(words, object).reshape(-1, 1))
case("one_hot_texts", [node("OneHotEncoder", cats_strings=words, zeros=1)], texts, {"Y": s.transform(texts).reshape(9, 1, 3)})
s = preprocessing.OrdinalEncoder(categories=[words], handle_unknown="use_encoded_value", unknown_value=-1, dtype=np.int64).fit(np.array(words, object).reshape(-1, 1))
case("label_texts_to_integers", [node("LabelEncoder", keys_strings=words, values_int64s=[0, 1, 2], default_int64=-1)], texts, {"Y": s.transform(texts)})
case("label_texts_to_floats", [node("LabelEncoder", keys_strings=words, values_floats=[0.5, 0.25, 0.75], default_float=-2.0)], texts,
     {"Y": np.array([[{"ant": 0.5, "bee": 0.25, "cow": 0.75}.get(t[0], -2.0)] for t in texts], np.float32)})
s = preprocessing.LabelEncoder().fit(named)
places = rng.integers(0, 3, size=9)
case("label_integers_to_texts", [node("LabelEncoder", keys_int64s=[0, 1, 2], values_strings=list(s.classes_), default_string="none")], places, {"Y": s.inverse_transform(places)})
case("label_texts_to_texts", [node("LabelEncoder", keys_strings=words, values_strings=["A", "B", "C"], default_string="?")], texts,
     {"Y": np.array([[{"ant": "A", "bee": "B", "cow": "C"}.get(t[0], "?")] for t in texts], object)})
numbers = np.array([[0.5], [NAN], [1.5], [2.0]], np.float32)
case("label_floats", [node("LabelEncoder", keys_floats=[0.5, NAN, 1.5], values_floats=[1.0, 2.0, 3.0], default_float=9.0)], numbers,
     {"Y": np.array([[1], [2], [3], [9]], np.float32)})

# ArrayFeatureExtractor: NumPy's columns.
case("columns", [node("ArrayFeatureExtractor", "X at")], new, {"Y": new[:, [2, 0]]}, more=[("at", np.array([2, 0]))])
case("columns_of_integers", [node("ArrayFeatureExtractor", "X at")], whole, {"Y": whole[:, [1]]}, more=[("at", np.array([1]))])

# Linear models.
m = linear_model.LinearRegression().fit(X, score)
case("linear_regressor", [node("LinearRegressor", coefficients=f32(m.coef_), intercepts=f32(m.intercept_))], new, {"Y": m.predict(new).astype(np.float32).reshape(-1, 1)})
m = linear_model.LinearRegression().fit(X, targets)
case("linear_regressor_two", [node("LinearRegressor", coefficients=f32(m.coef_), intercepts=f32(m.intercept_), targets=2)], new, {"Y": m.predict(new).astype(np.float32)})


def classes(y):
    return {"classlabels_strings": [str(c) for c in y]} if y.dtype.kind in "OU" else {"classlabels_ints": [int(c) for c in y]}


m = linear_model.LogisticRegression().fit(X, two)
both = np.concatenate([-m.coef_, m.coef_]), np.concatenate([-m.intercept_, m.intercept_])
outs = {"label": m.predict(new), "scores": m.predict_proba(new).astype(np.float32)}
case("linear_classifier_two", [node("LinearClassifier", outs="label scores", coefficients=f32(both[0]), intercepts=f32(both[1]), post_transform="LOGISTIC", **classes(m.classes_))], new, outs)
case("linear_classifier_one_row", [node("LinearClassifier", outs="label scores", coefficients=f32(m.coef_), intercepts=f32(m.intercept_), post_transform="LOGISTIC", **classes(m.classes_))], new, outs)
for name, y in ("integers", three), ("texts", named):
    m = linear_model.LogisticRegression(max_iter=1000).fit(X, y)
    outs = {"label": m.predict(new), "scores": m.predict_proba(new).astype(np.float32)}
    body = [node("Scaler", outs="scaled", offset=[0.0], scale=[1.0]),
            node("LinearClassifier", "scaled", "label raw", coefficients=f32(m.coef_), intercepts=f32(m.intercept_), post_transform="SOFTMAX", **classes(m.classes_)),
            node("Normalizer", "raw", "scores", norm="L1")]
    case("linear_classifier_" + name, body, new, outs)
    body[2] = node("ZipMap", "raw", "scores", **({"classlabels_strings": list(m.classes_)} if name == "texts" else {"classlabels_int64s": [int(c) for c in m.classes_]}))
    case("zip_map_" + name, body, new, outs)
m = svm.LinearSVC().fit(X, three)
case("linear_classifier_scores", [node("LinearClassifier", outs="label scores", coefficients=f32(m.coef_), intercepts=f32(m.intercept_), post_transform="NONE", **classes(m.classes_))], new,
     {"label": m.predict(new), "scores": m.decision_function(new).astype(np.float32)})


# Trees. scikit-learn compares float32 features with float64 thresholds; the largest float32 that
# is no larger decides the same.
def below(v):
    r = np.float32(v)
    return float(np.nextafter(r, np.float32(-np.inf)) if float(r) > v else r)


def trees(fitted, values, kind):
    """Attributes of a TreeEnsemble: values(i, tree, node) are the weights of a leaf."""
    a = {k: [] for k in "treeids nodeids featureids values modes truenodeids falsenodeids missing_value_tracks_true".split()}
    w = {k: [] for k in "treeids nodeids ids weights".split()}
    for i, t in enumerate(fitted):
        for j in range(t.node_count):
            leaf = t.children_left[j] < 0
            a["treeids"].append(i)
            a["nodeids"].append(j)
            a["featureids"].append(0 if leaf else int(t.feature[j]))
            a["values"].append(0.0 if leaf else below(t.threshold[j]))
            a["modes"].append("LEAF" if leaf else "BRANCH_LEQ")
            a["truenodeids"].append(0 if leaf else int(t.children_left[j]))
            a["falsenodeids"].append(0 if leaf else int(t.children_right[j]))
            a["missing_value_tracks_true"].append(0)
            if leaf:
                for k, v in values(i, t, j):
                    w["treeids"].append(i)
                    w["nodeids"].append(j)
                    w["ids"].append(k)
                    w["weights"].append(float(v))
    return {**{"nodes_" + k: v for k, v in a.items()}, **{f"{kind}_{k}": v for k, v in w.items()}}


def tree_classes(y):
    return {"classlabels_strings": [str(c) for c in y]} if y.dtype.kind in "OU" else {"classlabels_int64s": [int(c) for c in y]}


m = tree.DecisionTreeRegressor(max_depth=4, random_state=0).fit(X, targets)
case("tree_regressor", [node("TreeEnsembleRegressor", n_targets=2, **trees([m.tree_], lambda i, t, j: enumerate(t.value[j, :, 0]), "target"))], new, {"Y": m.predict(new).astype(np.float32)})
m = ensemble.RandomForestRegressor(5, max_depth=4, random_state=0).fit(X, score)
forest = [e.tree_ for e in m.estimators_]
outs = {"Y": m.predict(new).astype(np.float32).reshape(-1, 1)}
case("forest_regressor", [node("TreeEnsembleRegressor", n_targets=1, **trees(forest, lambda i, t, j: [(0, t.value[j, 0, 0] / 5)], "target"))], new, outs)
case("forest_regressor_average", [node("TreeEnsembleRegressor", n_targets=1, aggregate_function="AVERAGE", **trees(forest, lambda i, t, j: [(0, t.value[j, 0, 0])], "target"))], new, outs)
for f, function in (np.min, "MIN"), (np.max, "MAX"):
    each = np.stack([e.predict(new) for e in m.estimators_])
    case("forest_regressor_" + function.lower(), [node("TreeEnsembleRegressor", n_targets=1, aggregate_function=function, **trees(forest, lambda i, t, j: [(0, t.value[j, 0, 0])], "target"))], new,
         {"Y": f(each, 0).astype(np.float32).reshape(-1, 1)})
m = ensemble.GradientBoostingRegressor(n_estimators=6, max_depth=3, random_state=0).fit(X, score)
boosted = [e.tree_ for e in m.estimators_[:, 0]]
start = float(np.ravel(m.init_.constant_)[0])
case("boosted_regressor", [node("TreeEnsembleRegressor", n_targets=1, base_values=[start], **trees(boosted, lambda i, t, j: [(0, 0.1 * t.value[j, 0, 0])], "target"))], new,
     {"Y": m.predict(new).astype(np.float32).reshape(-1, 1)})
for name, y in ("two", two), ("integers", three), ("texts", named):
    m = ensemble.RandomForestClassifier(4, max_depth=4, random_state=0).fit(X, y)
    shares = lambda i, t, j: enumerate(t.value[j, 0] / t.value[j, 0].sum() / 4)
    case("forest_classifier_" + name, [node("TreeEnsembleClassifier", outs="label scores", post_transform="NONE", **tree_classes(m.classes_), **trees([e.tree_ for e in m.estimators_], shares, "class"))], new,
         {"label": m.predict(new), "scores": m.predict_proba(new).astype(np.float32)})
m = ensemble.GradientBoostingClassifier(n_estimators=6, max_depth=3, random_state=0).fit(X, two)
odds = float(np.log(two.mean() / (1 - two.mean())))
case("boosted_classifier_two", [node("TreeEnsembleClassifier", outs="label scores", post_transform="LOGISTIC", base_values=[odds], **tree_classes(m.classes_),
     **trees([e.tree_ for e in m.estimators_[:, 0]], lambda i, t, j: [(0, 0.1 * t.value[j, 0, 0])], "class"))], new,
     {"label": m.predict(new), "scores": m.predict_proba(new).astype(np.float32)})
m = ensemble.GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0).fit(X, three)
prior = [float(np.log(np.mean(three == c))) for c in m.classes_]
case("boosted_classifier_integers", [node("TreeEnsembleClassifier", outs="label scores", post_transform="SOFTMAX", base_values=prior, **tree_classes(m.classes_),
     **trees([e.tree_ for e in m.estimators_.ravel()], lambda i, t, j: [(i % 3, 0.1 * t.value[j, 0, 0])], "class"))], new,
     {"label": m.predict(new), "scores": m.predict_proba(new).astype(np.float32)})

with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as z:
    for name, files in sorted(cases.items()):
        for path, content in files.items():
            info = tarfile.TarInfo(f"{name}/{path}")
            info.size = len(content)
            z.addfile(info, io.BytesIO(content))
print(len(cases), "cases")
