// Package onnx writes formulas and fitted models as ONNX files, which ONNX Runtime
// and many other programs run.
//
//	err := onnx.WriteModel(file, model, onnx.ModelOptions{Labels: true})
//	err := onnx.Write(file, onnx.Options{}, a, j)
//
// Files are of IR version 8 and opset 17, of 2022; ONNX Runtime 1.17, 1.24 and 1.30
// were tried. The extent graph.Batch is the dimension N, which a file takes from its input
// when it is run.
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
// # Where a file differs
//
// A file checks no values: where ours is an error, such as a label that is no class,
// it has some result. NaN is handled as ONNX and the program that runs the file
// choose. Values agree to rounding, those of a loss relative to its logits.
//
// In float64, ONNX Runtime has no kernels for some ops, and makes nodes it has none for
// of others; these are composed of ops that it has. Erf, and so GELU, is not: ONNX
// Runtime refuses that in float64, and 1.17 refuses Prod, though both are ONNX.
package onnx
