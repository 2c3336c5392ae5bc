package models

import "adjoint/graph"

// A Formula is a model as a graph: φ, ψ, G and L, and the parameters. Its gradient
// is graph.Gradient(f.J, f.Params...). Weights of examples and dropout belong to a
// training, and are not part of it.
type Formula struct {
	X *graph.Node // features, (n, N); standardised if the model does that
	Y *graph.Node // targets, (1, N), or one-hot (k, N)
	A *graph.Node // the network's output
	P *graph.Node // the prediction: probabilities, or a number in the units of the data; often A itself
	L *graph.Node // the loss of each example, (1, N), of A and Y; of scaled targets if the model scales them
	J *graph.Node // the cost: the mean of L, plus the penalty

	Params []*graph.Node // w1, b1, w2, b2, …
}

// Formula returns the model as a new graph, with copies of the weights. Building
// on it, or writing to its parameters, does not change the model.
func (m *published) Formula() (Formula, error) {
	f, err := m.get()
	if err != nil {
		return Formula{}, err
	}
	n, err := f.net.spec.build(true)
	if err != nil {
		return Formula{}, err
	}
	if err := setWeights(n.Params, weightsOf(f.net.Params)); err != nil {
		return Formula{}, err
	}
	return n.Formula, nil
}
