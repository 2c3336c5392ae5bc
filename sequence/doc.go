// Package sequence has the formulas of sequences: recurrent cells, attention, embeddings,
// encodings of positions, the transformer block, and how text is generated from them.
//
// A sequence of T times of n numbers each, in N examples, is (n, T, N): examples are the last
// axis, as everywhere in this module, and times the one before. T may be a symbol,
// graph.Extent("T"), so that one formula serves all lengths. PyTorch has (T, N, n), Keras
// (N, T, n); weights are as in PyTorch, (m, n), the transposes of Keras's.
//
// Functions take weights, which are nodes, and return nodes; package models has the layers.
package sequence

import "adjoint/graph"

// Node is a value in a graph.
type Node = graph.Node
