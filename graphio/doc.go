// Package graphio writes formulas to files and reads them.
//
//	err := graphio.Write(w, map[string][]*graph.Node{"J": {j}, "a": {a}})
//	nodes, err := graphio.Read(r) // nodes["J"][0] is J, in a graph of its own
//
// A formula that was read computes the same bits as the one that was written: its value, its
// gradients and derivatives of every order, on the same machine. It has the nodes that those
// of a role are computed from, in the same order, with their names, their shapes, in which
// symbols are told by name, and the nodes whose r made them; leaves of all kinds, and how
// states move; and the formulas that are arguments of ops, such as what a loop does in a step.
//
// # Ops
//
// A file has an op by the name and the arguments that it describes itself by (graph.Describer),
// and a reader makes it again by what was registered under that name (graph.Register). Whoever
// imports package ops can read all ops of this module. An op of a user's is read by a program
// that imports its package; in another the error says which name is missing.
//
// # The file
//
// It has the safetensors layout, see docs/format.md: the values of parameters, constants and
// states are tensors, by name, and the formula is text in the metadata. Encode and Decode are
// for formats that hold more than a formula, as that of package models does.
//
// The text has a JSON value a line: what the formula is of, its nodes, each on a line, and the
// roles. Before its own nodes come those of each formula that is an argument, under a line that
// says of which of them that is a map.
//
//	{"formula":1,"float":"float64","nodes":6}
//	{"kind":"param","name":"w","shape":[1,2]}
//	{"kind":"input","name":"x","shape":[2,"N"]}
//	{"op":"MatMul","in":[0,1],"shape":[1,"N"]}
//	{"op":"Affine","args":[{"float":2},{"float":0}],"in":[2],"shape":[1,"N"]}
//	{"op":"Sum","args":[[0,1]],"in":[3],"shape":[],"name":"J"}
//	{"op":"Const","args":[{"float":1},{"shape":[]}],"shape":[]}
//	{"roles":{"J":[4]}}
//
// Floats are decimals that are read as the same bits, or where none is, for infinities, NaN
// and −0, these bits in hexadecimal.
//
// # Files of strangers
//
// A reader trusts nothing. A node stands after those it is computed from, so that nothing is
// cyclic; its shape is what the op says it is; and what does not fit is ErrCorrupt. Reading
// runs no op and takes memory in proportion to the file. What a Program of the formula takes is
// another matter, on which package graph has its bounds.
package graphio
