"""W8a by onnxruntime-node, of an ONNX file that PyTorch writes.

It is looked for in the node_modules that ADJOINT_NODE_MODULES names, or in those that
onnx/check.sh has installed. node comes with Debian's nodejs.
"""

import glob
import json
import os
import subprocess
import tempfile

import torch

from peers import digits
from peers_torch import lenet_image, lenet_net

LIBRARY = "onnxruntime-node"
INSTALLED = os.path.expanduser("~/.cache/adjoint/onnxruntime-node-*/node_modules")
MODULES = os.environ.get("ADJOINT_NODE_MODULES") or max(glob.glob(INSTALLED), default="")
if not MODULES:
    raise ImportError("No onnxruntime-node: onnx/check.sh installs it")


def set_threads(threads):
    if threads != 1:
        raise ValueError("lenet_answer.mjs measures one thread")


def lenet_answer(dtype):
    """W8a."""
    x = lenet_image(dtype)
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "lenet.onnx")
        torch.onnx.export(lenet_net(dtype).eval(), x, model)
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lenet_answer.mjs")
        image = json.dumps(x.flatten().tolist())
        out = subprocess.run(["node", script, MODULES, model, "2000", image], check=True, capture_output=True, text=True)
    figures = json.loads(out.stdout)
    ms = figures["ms_per_step"]
    yield figures | {"us_per_call": digits(1e3 * ms), "steps_per_s": digits(1e3 / ms), "allocs_per_step": None, "final_loss": None}


WORKS = {"W8a": lenet_answer}
