package sequence_test

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"
)

// Keras's weights: a kernel (n, gates·m), what is multiplied by the state (m, gates·m), and one bias (gates·m)
// or, of a GRU, two, all with the gates side by side in Keras's order.
type kerasWeights struct{ kernel, recurrent, bias, stateBias []float64 }

// gate is what Keras computes for unit i of a gate, of x and h, apart.
func (w kerasWeights) gate(gate, i, gates int, x, h []float64) (ofInput, ofState float64) {
	at, width := gate*units+i, gates*units
	ofInput = w.bias[at]
	for k, v := range x {
		ofInput += v * w.kernel[k*width+at]
	}
	if w.stateBias != nil {
		ofState = w.stateBias[at]
	}
	for k, v := range h {
		ofState += v * w.recurrent[k*width+at]
	}
	return ofInput, ofState
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// kerasGRU is keras.layers.GRU with reset_after, its default, as its documentation and source say.
func kerasGRU(w kerasWeights, x [][]float64) (last []float64) {
	h := make([]float64, units)
	for _, x := range x {
		next := make([]float64, units)
		for i := range next {
			gate := func(g int) (float64, float64) { return w.gate(g, i, 3, x, h) }
			a, b := gate(0)
			z := sigmoid(a + b)
			a, b = gate(1)
			r := sigmoid(a + b)
			a, b = gate(2)
			next[i] = z*h[i] + (1-z)*math.Tanh(a+r*b)
		}
		h = next
	}
	return h
}

// kerasLSTM is keras.layers.LSTM.
func kerasLSTM(w kerasWeights, x [][]float64) (last []float64) {
	h, c := make([]float64, units), make([]float64, units)
	for _, x := range x {
		next := make([]float64, units)
		for i := range next {
			gate := func(g int) float64 { a, b := w.gate(g, i, 4, x, h); return a + b }
			c[i] = sigmoid(gate(1))*c[i] + sigmoid(gate(0))*math.Tanh(gate(2))
			next[i] = sigmoid(gate(3)) * math.Tanh(c[i])
		}
		h = next
	}
	return h
}

// Keras's weights are transposed; those of a GRU are put into PyTorch's order, those of an LSTM are in it.
func TestCellsAreKeras(t *testing.T) {
	g := graph.New()
	x := sines(50, features, times, 1)
	of := func(gates int) (w kerasWeights, k, u, b, d *node) {
		width := gates * units
		tensors := []*node{g.Constant("k", sines(1, features, width)), g.Constant("u", sines(2, units, width)), g.Constant("b", sines(3, width, 1)), g.Constant("d", sines(4, width, 1))}
		w = kerasWeights{sines(1, features, width).Float64s(), sines(2, units, width).Float64s(), sines(3, width, 1).Float64s(), sines(4, width, 1).Float64s()}
		return w, ops.T(tensors[0]), ops.T(tensors[1]), tensors[2], tensors[3]
	}
	var rows [][]float64
	for s := range times {
		row := make([]float64, features)
		for i := range row {
			row[i] = x.Float64s()[i*times+s]
		}
		rows = append(rows, row)
	}
	last := func(c sequence.Cell) []float64 {
		s := c.Final(c.Over(g.Constant("x", x), sequence.Options{}), sequence.Options{})
		return run(t, ops.Slice(s, 0, 0, units))[0]
	}
	w, k, u, b, d := of(3)
	from := sequence.FromKeras
	if got, want := last(sequence.GRU(from(k), from(u), from(b), from(d))), kerasGRU(w, rows); !(apart(got, want) < 1e-14) {
		t.Errorf("GRU %v, Keras %v", got, want)
	}
	w, k, u, b, _ = of(4)
	w.stateBias = nil
	if got, want := last(sequence.LSTM(k, u, b)), kerasLSTM(w, rows); !(apart(got, want) < 1e-14) {
		t.Errorf("LSTM %v, Keras %v", got, want)
	}
}
