package exercises

// Section 3.1: any number of layers. δ has a column for each example; as in the
// document, it has no 1/N.

// OutputDelta returns δᴸ. dLoss is the derivative of L(a, y) by a, at the last layer;
// prime is g'(z) there.
func OutputDelta(dLoss, prime *Node) *Node { return nil }

// HiddenDelta returns δ of a layer from that of the next one, the next one's w, and
// g'(z) of this layer.
func HiddenDelta(nextDelta, nextW, prime *Node) *Node { return nil }

// WeightGradient returns ∂J/∂w of a layer from its δ and the activations a of the
// layer before.
func WeightGradient(delta, a *Node, n float64) *Node { return nil }

// BiasGradient returns ∂J/∂b of a layer from its δ. b is m×1.
func BiasGradient(delta, b *Node, n float64) *Node { return nil }

// PenaltyGradient returns the gradient by w of the penalty of the listings,
// R = λ/(2N) Σ |w|ᵖ, for any p > 1. ops.Abs, ops.Sign and ops.Pow may help.
func PenaltyGradient(w *Node, lambda, n, p float64) *Node { return nil }
