// Package onnx reads ONNX files, in which other programs keep what they trained, as formulas,
// and writes formulas and fitted models as ONNX files, which ONNX Runtime and many other
// programs run.
//
//	f, err := onnx.ReadFile("model.onnx", onnx.ReadOptions{})
//	s, err := f.Session()
//	y, err := s.Run(map[string]onnx.Array{"x": {Dims: []int{1, 3}, Data: []float32{1, 2, 3}}})
//	m, err := models.New(f.Roles())
//
//	err := onnx.WriteModel(file, model, onnx.ModelOptions{Labels: true})
//	err := onnx.Write(file, onnx.Options{}, a, j)
//
// What was read is a formula like any other: it is differentiated, drawn, and trained. Its
// inputs and outputs are Nodes, f.Inputs[0].Node, with examples as the last axis, on which a
// loss and another head are built; examples/finetune does so. [File.Roles] makes it a model,
// which predicts from data sets, is kept and served. Command adjoint does the rest without a
// program: cmd/adjoint.
//
// # What is read
//
// Files of opset 7 and later, and of earlier ones what has not changed since. [Support] lists
// the operators, of ONNX and of ai.onnx.ml; an error names the node, its operator and the
// reason. Not read are strings but as names of classes, sequences, random numbers, quantised
// and complex numbers, tensors with an extent of 0, and what has a shape that depends on
// values.
//
// Extents that a file leaves open are symbols of the formula, so that one formula serves all
// numbers of examples and all lengths; where an operator needs a number the error says which,
// and ReadOptions.Dims gives it. A formula is of one float type throughout: integers are whole
// numbers in it, float16 and bfloat16 are widened. If the file standardises its input in float64,
// and is float32 otherwise, that is done as the input is fed: see [Port].
//
// check/forty.sh runs forty networks, made by PyTorch and found in packages, and compares with
// ONNX Runtime; check/nodes.py collects the standard's own tests of operators.
//
// # How files are written
//
// Files are of IR version 8 and opset 17, of 2022. The extent graph.Batch is the
// dimension N, which a file takes from its input when it is run.
//
// # What can be written
//
// A gradient is a formula like any other, and is written as one. Every op of package
// ops is ONNX's own or a few of them, except for the derivatives of a product over an
// axis ([adjoint/ops.Prod]) beyond the first. An op of yours is written as its
// definition, if it is a graph.Expander; else it is [ErrUnsupported], like a function
// made by ops.Pointwise, of which nothing is known but its values.
//
// Losses are written in the form in which Compile computes them, L(σ(z), y) as a
// function of z; where ONNX broadcasts, no broadcast is written. Parameters become
// constants.
//
// # What a file computes
//
// In ONNX Runtime 1.24 and 1.30, which were tried, the values of a file are those of the
// engine to rounding, in both float types, for numbers of every size and ±∞: logits
// that are masked by −∞, squares that overflow, a σ(z) that is small. ONNX Runtime's own
// Sigmoid, Elu, LogSoftmax and others do not keep that, and are composed of ops that do.
// Two values that are right to rounding may differ by more:
//
//   - What is left of larger numbers that cancel, in a sum, a derivative of a reduction or a
//     loss, a KL, or GELU(z) for z < 0, is as right as these.
//   - A sum overflows if a part of it does, and the order of the additions is not the same.
//   - What is less than 1e-36, or 1e-305 in float64, may be 0.
//
// A file checks no values: where ours is an error, such as a label that is no class,
// it has some result. NaN is handled as ONNX and the program that runs the file
// choose.
//
// For some ops ONNX Runtime has no kernels in float64; these are composed too. Erf, and so
// GELU, is not: ONNX Runtime refuses that in float64. Older versions do less: 1.17 has no
// Prod in float64, and roots and logarithms of subnormal numbers are wrong in it.
package onnx
