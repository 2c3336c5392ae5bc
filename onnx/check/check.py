"""Runs onnx.checker, with shape inference, on every ONNX file of a folder."""

import pathlib
import sys

import onnx

files = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
for file in files:
    try:
        onnx.checker.check_model(onnx.load(file), full_check=True)
    except Exception as problem:
        sys.exit(f"{file.name}: {problem}")
print(f"onnx.checker {onnx.__version__}: {len(files)} files pass")
