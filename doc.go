// Package adjoint is the root of an automatic-differentiation engine that makes
// one document executable: Neural Networks, in which every map has a
// differential d and a reverse derivative r, and backpropagation is
// r(h∘g∘f) = rf∘rg∘rh.
//
// The engine is in package [adjoint/graph], the maps in [adjoint/ops], the laws
// they obey in [adjoint/optest]. The test file beside this one, graph_test.go,
// is the document itself, section by section.
package adjoint
