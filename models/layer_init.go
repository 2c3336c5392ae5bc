package models

import (
	"math"

	"adjoint/internal/random"
)

// An Init sets the initial weights w of a layer, an m×n matrix in row-major order.
// draw is the model's stream of random numbers. A nil Init is HeNormal before a
// rectifier such as ReLU, and GlorotUniform before other activations.
type Init func(w []float64, m, n int, draw Draw)

// A Draw is a source of random numbers. Each call gives the next number of the
// model's stream, which its Seed determines.
type Draw struct {
	Normal  func() float64 // of mean 0 and variance 1
	Uniform func() float64 // in [0, 1)
}

func newDraw(seed uint64) Draw {
	s := random.New(seed, random.ForWeights, 0)
	return Draw{Normal: s.Normal, Uniform: s.Uniform}
}

// truncatedDeviation is the standard deviation of a standard normal number that is drawn
// again until it lies in [−2, 2].
const truncatedDeviation = 0.87962566103423978

// HeNormal draws from a normal distribution that is truncated at two standard
// deviations. Its variance, after truncation, is 2/n, where n is the number of inputs
// (K. He et al. 2015; Keras's he_normal).
func HeNormal(w []float64, _, n int, draw Draw) {
	truncated(w, math.Sqrt(2/float64(n)), draw)
}

// GlorotNormal is HeNormal with variance 2/(m+n), where n is the number of inputs and
// m that of outputs (X. Glorot, Y. Bengio 2010; Keras's glorot_normal).
func GlorotNormal(w []float64, m, n int, draw Draw) {
	truncated(w, math.Sqrt(2/float64(m+n)), draw)
}

// GlorotUniform draws uniformly from [−c, c), c = √(6/(m+n)) (X. Glorot, Y.
// Bengio 2010; Keras's default).
func GlorotUniform(w []float64, m, n int, draw Draw) {
	Uniform(math.Sqrt(6/float64(m+n)))(w, m, n, draw)
}

// Zeros leaves every weight 0.
func Zeros([]float64, int, int, Draw) {}

// Normal draws from a normal distribution of mean 0 and standard deviation σ. With
// σ = 0.01 it is the document's initialisation (1.2).
func Normal(σ float64) Init {
	return func(w []float64, _, _ int, draw Draw) {
		for i := range w {
			w[i] = σ * draw.Normal()
		}
	}
}

// Uniform draws uniformly from [−c, c).
func Uniform(c float64) Init {
	return func(w []float64, _, _ int, draw Draw) {
		for i := range w {
			w[i] = c * (2*draw.Uniform() - 1)
		}
	}
}

func truncated(w []float64, σ float64, draw Draw) {
	for i := range w {
		x := draw.Normal()
		for math.Abs(x) > 2 {
			x = draw.Normal()
		}
		w[i] = σ / truncatedDeviation * x
	}
}
