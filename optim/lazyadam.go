package optim

// LazyAdam is Adam for tables of which a step reads some rows, such as those of embeddings. Rows that
// were not read stay where they are, and so do their means: a step takes no time for them. Those
// that were read move as PyTorch's SparseAdam moves them. With g = ∇J, β = Beta, m = v = 0 before
// the first step, and t = 1, 2, … the number of the step, whoever read the row before,
//
//	m := β₁·m + (1−β₁)·g
//	v := β₂·v + (1−β₂)·g²
//	w := w − Rate·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + Eps)
//
// It is not Adam, which moves a row by its m when it is not read. A parameter moves by rows if J reads
// it by ops.Gather along axis 0 alone, as sequence.Embed does. Others, a table that is also a weight of a
// product or has a penalty among them, move as a whole.
type LazyAdam struct {
	Rate  float64
	Beta1 float64 // β₁ in (0, 1); 0 means 0.9
	Beta2 float64 // β₂ in (0, 1); 0 means 0.999
	Eps   float64 // ε; 0 means 1e-8
}

// LearningRate returns the Rate.
func (r LazyAdam) LearningRate() float64 { return r.Rate }

// Slots returns 2, for m and v.
func (r LazyAdam) Slots() int { return 2 }

// Valid returns an error that wraps ErrOption if an option is out of range.
func (r LazyAdam) Valid() error { return r.adam().valid("LazyAdam") }

func (r LazyAdam) adam() Adam     { return Adam(r) }
func (r LazyAdam) rule() adamRule { return adamRule{Adam: r.adam(), lazy: true} }

// begin readies the steps.
func (r LazyAdam) begin() func(Step) Step { return r.rule().begin() }

// Move is the rule on float64.
func (r LazyAdam) Move(s Step, w, g []float64, mv ...[]float64) { adam(r.rule(), s, w, g, mv) }

// Move32 is the rule on float32.
func (r LazyAdam) Move32(s Step, w, g []float32, mv ...[]float32) { adam(r.rule(), s, w, g, mv) }
