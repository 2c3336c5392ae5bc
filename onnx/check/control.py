"""Writes tests of functions, branches and loops, with what NumPy says, in the archive of nodes.py;
and, named hostile_…, files that ask for much of little.

    /usr/bin/python3 control.py ../testdata/control.tar.gz
"""
import gzip
import io
import sys
import tarfile

import numpy as np
from onnx import AttributeProto, TensorProto as T, helper, numpy_helper

cases = {}
own = [helper.make_opsetid("", 16), helper.make_opsetid("own", 1)]
info = helper.make_tensor_value_info


def const(name, value):
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.array(value), name))


def case(name, nodes, want, functions=(), x=np.array([[1, -2, 3], [0.5, 4, -1]], np.float32), out="y", dims=("N", 3)):
    graph = helper.make_graph(nodes, name, [info("x", T.FLOAT, dims)], [info(out, T.FLOAT, None)])
    model = helper.make_model(graph, opset_imports=own, functions=list(functions))
    files = {"model.onnx": model.SerializeToString(), "tolerance": b"1e-6 1e-6"}
    if want is not None:
        files["0/in0.pb"] = numpy_helper.from_array(x, "x").SerializeToString()
        files["0/out0.pb"] = numpy_helper.from_array(want(x).astype(np.float32), out).SerializeToString()
    cases[name] = files


def function(name, ins, outs, nodes, attributes=()):
    return helper.make_function("own", name, ins, outs, nodes, own, list(attributes))


def ref(node, name, of, kind):
    node.attribute.append(AttributeProto(name=name, ref_attr_name=of, type=kind))
    return node


def call(name, ins, outs, **attributes):
    return helper.make_node(name, ins, outs, domain="own", **attributes)


leaky = function("Leaky", ["a"], ["b"], [ref(helper.make_node("LeakyRelu", ["a"], ["b"]), "alpha", "slope", AttributeProto.FLOAT)], ["slope"])
shifted = function("Shifted", ["a"], ["b"], [const("one", np.float32(1)), helper.make_node("Add", ["a", "one"], ["t"]), helper.make_node("Mul", ["t", "t"], ["b"])])
both = function("Both", ["a"], ["b", "c"], [call("Shifted", ["a"], ["b"]), call("Leaky", ["b"], ["c"], slope=0.5)])
case("function_attribute", [call("Leaky", ["x"], ["y"], slope=0.25)], lambda x: np.where(x < 0, 0.25 * x, x), [leaky])
case("function_constant", [call("Shifted", ["x"], ["y"])], lambda x: (x + 1) ** 2, [shifted])
case("function_of_functions", [call("Both", ["x"], ["p", "q"]), helper.make_node("Sub", ["p", "x"], ["r"]), helper.make_node("Add", ["q", "r"], ["y"])],
     lambda x: 2 * (x + 1) ** 2 - x, [leaky, shifted, both])


def body(nodes, state, results=()):
    ins = [info("i", T.INT64, []), info("on", T.BOOL, [])] + [info(s, T.FLOAT, None) for s in state]
    outs = [info("on_after", T.BOOL, [])] + [info(s + "_after", T.FLOAT, None) for s in state] + [info(r, T.FLOAT, None) for r in results]
    return helper.make_graph(nodes, "body", ins, outs)


go_on = helper.make_node("Identity", ["on"], ["on_after"])
number = helper.make_node("Cast", ["i"], ["number"], to=T.FLOAT)
step = [number, helper.make_node("Mul", ["s", "s"], ["square"]), helper.make_node("Add", ["square", "number"], ["s_after"])]


def times(k):
    def of(x):
        for i in range(k):
            x = x * x + np.float32(i)
        return x
    return of


case("loop_count", [const("k", np.int64(3)), const("true", np.array(True)), helper.make_node("Loop", ["k", "true", "x"], ["y"], body=body([go_on] + step, ["s"]))], times(3))
until = [const("two", np.int64(2)), helper.make_node("Less", ["i", "two"], ["on_after"])] + step
case("loop_condition", [const("true", np.array(True)), helper.make_node("Loop", ["", "true", "x"], ["y"], body=body(until, ["s"]))], times(3))
rows = [go_on] + step + [helper.make_node("ReduceSum", ["s_after", "axes"], ["total"], keepdims=0)]
case("loop_results", [const("k", np.int64(2)), const("true", np.array(True)), const("axes", np.array([1])),
                      helper.make_node("Loop", ["k", "true", "x"], ["last", "y"], body=body(rows, ["s"], ["total"]))],
     lambda x: np.stack([times(1)(x).sum(1), times(2)(x).sum(1)]))


def branch(name, nodes):
    return helper.make_graph(nodes, name, [], [info(nodes[-1].output[0], T.FLOAT, None)])


def choose(condition, out, yes, no):
    return helper.make_node("If", [condition], [out], then_branch=branch("yes", yes), else_branch=branch("no", no))


for name, c in ("true", True), ("false", False):
    case("if_" + name, [const("c", np.array(c)), choose("c", "y", [helper.make_node("Neg", ["x"], ["p"])], [helper.make_node("Exp", ["x"], ["q"])])],
         (lambda x: -x) if c else np.exp)
case("if_of_shapes", [const("two", np.int64(2)), helper.make_node("Shape", ["x"], ["shape"], start=1), helper.make_node("Squeeze", ["shape"], ["columns"]),
                      helper.make_node("Less", ["columns", "two"], ["c"]), choose("c", "y", [helper.make_node("ReduceSum", ["x"], ["p"])], [helper.make_node("Abs", ["x"], ["q"])])], np.abs)
case("if_of_inputs", [helper.make_node("ReduceSum", ["x"], ["sum"], keepdims=0), const("zero", np.float32(0)), helper.make_node("Greater", ["sum", "zero"], ["c"]),
                      choose("c", "y", [helper.make_node("Neg", ["x"], ["p"])], [helper.make_node("Exp", ["x"], ["q"])])], lambda x: -x if x.sum() > 0 else np.exp(x))
odd = choose("even", "s_after", [helper.make_node("Neg", ["s"], ["p"])], [helper.make_node("Add", ["s", "x"], ["q"])])
case("if_in_loop", [const("k", np.int64(4)), const("true", np.array(True)), const("one", np.int64(1)), helper.make_node("Loop", ["k", "true", "x"], ["y"], body=body(
    [go_on, const("two", np.int64(2)), helper.make_node("Mod", ["i", "two"], ["rest"]), helper.make_node("Less", ["rest", "one"], ["even"]), odd], ["s"]))],
     lambda x: -(-x + x) + x)

# Recurrences as other programs write them, over any number of times and examples: an LSTM of two states with
# examples first, whose results are h and what is read from it; and a mean that is masked, backwards, with examples
# last and a mask of one axis, whose results beside the state have their times last and first.
wave = lambda *dims: np.sin(np.arange(1, 1 + np.prod(dims)) ** 2.0).reshape(dims).astype(np.float32)
sigmoid = lambda z: 1 / (1 + np.exp(-z))
w, u, v = wave(2, 12), wave(3, 12), wave(3, 2)


def nodes(text):
    """Nodes of lines such as h c = Op a b, without attributes."""
    for line in text.strip().splitlines():
        out, into = line.split("=")
        yield helper.make_node(into.split()[0], into.split()[1:], out.split())


def cell(text, ins, outs):
    return helper.make_graph(list(nodes(text)), "cell", [info(n, T.FLOAT, None) for n in ins.split()], [info(n, T.FLOAT, None) for n in outs.split()])


def lstm(x):
    h = c = np.zeros((x.shape[1], 3))
    y = []
    for x_t in x:
        i, f, g, o = np.split(x_t @ w + h @ u, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        y.append(np.concatenate([h, h @ v], axis=1))
    return np.concatenate([np.stack(y), np.broadcast_to(c, (len(x),) + c.shape)], axis=2)


gates = cell("""
    xw = MatMul x_t w
    hu = MatMul h u
    z = Add xw hu
    zi = Slice z at0 at3 one
    zf = Slice z at3 at6 one
    zg = Slice z at6 at9 one
    zo = Slice z at9 at12 one
    i = Sigmoid zi
    f = Sigmoid zf
    g = Tanh zg
    o = Sigmoid zo
    kept = Mul f c
    new = Mul i g
    c_after = Add kept new
    squashed = Tanh c_after
    h_after = Mul o squashed
    h_out = Identity h_after
    read = MatMul h_after v""", "h c x_t", "h_after c_after h_out read")
zero = [helper.make_node("Shape", ["x"], ["n"], start=1, end=2), const("three", np.array([3])), helper.make_node("Concat", ["n", "three"], ["of"], axis=0),
        helper.make_node("ConstantOfShape", ["of"], ["zero"])]
case("scan_lstm", zero + [const("w", w), const("u", u), const("v", v), const("one", np.array([1]))] + [const(f"at{i}", np.array([i])) for i in range(0, 13, 3)] + [
     helper.make_node("Scan", ["zero", "zero", "x"], ["h_n", "c_n", "hs", "reads"], body=gates, num_scan_inputs=1),
     helper.make_node("Shape", ["hs"], ["shape"]), helper.make_node("Expand", ["c_n", "shape"], ["ends"]),
     helper.make_node("Concat", ["hs", "reads", "ends"], ["y"], axis=2)], lstm, x=wave(4, 3, 2), dims=("T", "N", 2))


def masked(x):
    m, s, y = x[0] > 0, np.zeros((2, x.shape[2])), []
    for x_t, m_t in reversed(list(zip(x.transpose(1, 0, 2), m))):
        before, s = s, np.where(m_t, (s + x_t) / 2, s)
        y.insert(0, np.concatenate([s - before, before], axis=0))
    return np.concatenate([np.stack(y, axis=2), np.broadcast_to(s[:, :, None], s.shape + (len(y),))], axis=0)


mean = cell("""
    sum = Add s x_t
    half = Div sum two
    s_after = Where m_t half s
    moved = Sub s_after s
    before = Identity s""", "s x_t m_t", "s_after moved before")
mean.input[2].type.tensor_type.elem_type = T.BOOL
scan = helper.make_node("Scan", ["zero", "x", "mask"], ["s_n", "moves", "befores"], body=mean, num_scan_inputs=2, scan_input_axes=[-2, 0],
                        scan_input_directions=[1, 1], scan_output_axes=[-1, 0], scan_output_directions=[1, 1])
case("scan_masked", [helper.make_node("Shape", ["x"], ["n"], start=2), const("two", np.float32(2)), const("rows", np.array([2])), helper.make_node("Concat", ["rows", "n"], ["of"], axis=0),
     helper.make_node("ConstantOfShape", ["of"], ["zero"]), const("first", np.int64(0)), helper.make_node("Gather", ["x", "first"], ["x0"], axis=0), const("none", np.float32(0)),
     helper.make_node("Greater", ["x0", "none"], ["mask"]), scan, helper.make_node("Transpose", ["befores"], ["late"], perm=[1, 2, 0]), const("last", np.array([2])),
     helper.make_node("Unsqueeze", ["s_n", "last"], ["s_n1"]), helper.make_node("Shape", ["moves"], ["shape"]), helper.make_node("Expand", ["s_n1", "shape"], ["ends"]),
     helper.make_node("Concat", ["moves", "late", "ends"], ["y"], axis=0)], masked, x=wave(2, 5, 3), dims=(2, "T", "N"))

# Functions that each call the one before twice; one that calls itself; branches in branches.
bomb = [function("F0", ["a"], ["b"], [helper.make_node("Neg", ["a"], ["b"])])]
for i in range(1, 50):
    bomb.append(function(f"F{i}", ["a"], ["b"], [call(f"F{i-1}", ["a"], ["t"]), call(f"F{i-1}", ["t"], ["b"])]))
case("hostile_functions", [call("F49", ["x"], ["y"])], None, bomb)
case("hostile_recursion", [call("G", ["x"], ["y"])], None, [function("G", ["a"], ["b"], [call("G", ["a"], ["b"])])])
inner = [helper.make_node("Neg", ["x"], ["p0"])]
for i in range(1, 80):
    inner = [helper.make_node("If", ["c"], [f"p{i}"], then_branch=branch("yes", inner), else_branch=branch("no", [helper.make_node("Neg", ["x"], [f"q{i}"])]))]
case("hostile_depth", [const("c", np.array(True))] + inner, None, out="p79")
case("hostile_loop", [const("k", np.int64(1 << 60)), const("true", np.array(True)), helper.make_node("Loop", ["k", "true", "x"], ["y"], body=body([go_on] + step, ["s"]))], None)
twice = [helper.make_node("Concat", ["x" if i == 0 else f"t{i-1}"] * 2, [f"t{i}"], axis=0) for i in range(60)]
case("hostile_doubling", twice, None, out="t59")
grown = [const("t", np.ones(1, np.float32))] + [helper.make_node("Concat", ["t" if i == 0 else f"t{i-1}"] * 2, [f"t{i}"], axis=0) for i in range(40)]
case("hostile_constants", grown, None, out="t39")

with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as z:
    for name, files in sorted(cases.items()):
        for path, content in files.items():
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(content)
            z.addfile(entry, io.BytesIO(content))
print(len(cases), "cases")
