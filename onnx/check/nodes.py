"""Writes the node tests of the ONNX standard, of Debian's python3-onnx, as one archive.

    /usr/bin/python3 nodes.py ALL.tar.gz            # every case
    /usr/bin/python3 nodes.py SAMPLE.tar.gz 2000    # those of up to so many bytes

Of each case there are NAME/model.onnx, and the tensors of its data sets as NAME/i/in0.pb and
NAME/i/out0.pb. The kinds of cases that the reader is not for are left out; the file's list says
which: strings, sequences, random numbers, training, quantised numbers.
"""
import gzip
import io
import sys
import tarfile
import warnings

import numpy as np

np.float, np.bool, np.int, np.object = float, bool, int, object  # names that onnx 1.12 still uses
warnings.filterwarnings("ignore")

import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def left_out(case):
    g = case.model.graph
    for v in list(g.input) + list(g.output):
        kind = v.type.WhichOneof("value")
        if kind != "tensor_type":
            return "sequences"
        if v.type.tensor_type.elem_type == onnx.TensorProto.STRING:
            return "strings"
        if v.type.tensor_type.elem_type in (onnx.TensorProto.COMPLEX64, onnx.TensorProto.COMPLEX128):
            return "complex numbers"
    for n in nodes(g):
        if n.op_type in ("Bernoulli", "Multinomial") or n.op_type.startswith("Random"):
            return "random numbers"
        if "training" in n.domain:
            return "training"
        if n.op_type in ("BatchNormalization", "Dropout") and training(case, n):
            return "training"
        if "Quantize" in n.op_type or "QLinear" in n.op_type or n.op_type in ("ConvInteger", "MatMulInteger"):
            return "quantised numbers"
        if n.op_type.startswith("Sequence") or n.op_type.startswith("Optional"):
            return "sequences"
    return None


def nodes(g):
    for n in g.node:
        yield n
        for a in n.attribute:
            if a.HasField("g"):
                yield from nodes(a.g)


def training(case, n):
    if n.op_type == "BatchNormalization":
        return any(a.name == "training_mode" and a.i for a in n.attribute)
    return len(n.input) > 2 and len(case.data_sets[0][0]) > 2 and bool(case.data_sets[0][0][2])


def tensor(v, info):
    if isinstance(v, onnx.TensorProto):
        return v
    t = info.type.tensor_type
    v = np.asarray(v)
    if info.name == "like":  # of which the type alone matters; its shape is not that of the model
        v = np.resize(v, [d.dim_value for d in t.shape.dim])
    p = numpy_helper.from_array(v, info.name)
    if t.elem_type == onnx.TensorProto.BFLOAT16:  # the tests have its bits
        p.data_type = t.elem_type
    return p


if __name__ == "__main__":
    path, most = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else float("inf")
    kept, out, cases = 0, {}, {c.name: c for c in collect_testcases(None)}  # some come twice
    packed = gzip.GzipFile(path, "wb", mtime=0)
    with tarfile.open(fileobj=packed, mode="w") as z:
        for _, case in sorted(cases.items()):
            reason = left_out(case)
            if reason:
                out[reason] = out.get(reason, 0) + 1
                continue
            files = {"model.onnx": case.model.SerializeToString()}
            for i, (ins, outs) in enumerate(case.data_sets):
                for j, v in enumerate(ins):
                    files[f"{i}/in{j}.pb"] = tensor(v, case.model.graph.input[j]).SerializeToString()
                for j, v in enumerate(outs):
                    files[f"{i}/out{j}.pb"] = tensor(v, case.model.graph.output[j]).SerializeToString()
            files["tolerance"] = f"{case.rtol} {case.atol}".encode()
            if sum(map(len, files.values())) > most:
                continue
            kept += 1
            for name, content in files.items():
                info = tarfile.TarInfo(f"{case.name}/{name}")
                info.size = len(content)
                z.addfile(info, io.BytesIO(content))
    packed.close()
    print(kept, "cases;", "left out:", out)
