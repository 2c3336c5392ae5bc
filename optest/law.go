package optest

// A Law is one of the statements that Check asserts of every op.
type Law string

// The laws. F is the op, d its differential, r its reverse derivative.
const (
	Value        Law = "value"        // F agrees with the plain reference
	Stated       Law = "stated"       // F and r give what the row states at its Points
	Differential Law = "differential" // d agrees with finite differences, entry by entry
	Reverse      Law = "reverse"      // r agrees with finite differences, entry by entry
	Adjoint      Law = "adjoint"      // ⟨rF(ζ), ξ⟩ = ⟨ζ, dF(ξ)⟩
	SecondOrder  Law = "second order" // Differential, Reverse and Adjoint of (x, ζ) ↦ rF_x(ζ)
	Linear       Law = "linear"       // rF(αζ₁ + βζ₂) = α rF(ζ₁) + β rF(ζ₂), and the same of d
	Subsets      Law = "subsets"      // d and r of some inputs are those of all inputs, restricted
	Independent  Law = "independent"  // F(x, x) and F(x, g(x)) have the right total derivatives
	Pure         Law = "pure"         // inputs unchanged; the same bits again, whatever ran or was in y before
	Kernels      Law = "kernels"      // the kernel does the same run again, in place, in parts and through views
	Definition   Law = "definition"   // Expand and Stable agree with the kernel where it is finite, in value and r
	Float32      Law = "float32"      // float32 agrees with float64
	Batches      Law = "batches"      // N examples at once give what a graph of the extent N gives
	Examples     Law = "examples"     // an Examplewise op treats examples as it says
	Specials     Law = "specials"     // NaN and ±Inf propagate
	BadInput     Law = "bad input"    // shapes that do not compose are errors that wrap ErrShape or ErrAxis, never a panic
	NoAllocation Law = "allocation"   // Run allocates nothing
	Files        Law = "files"        // F, d and r compute the same bits after a file, if the op has a name
)

// Laws lists all laws.
func Laws() []Law {
	return []Law{Value, Stated, Differential, Reverse, Adjoint, SecondOrder, Linear, Subsets, Independent,
		Pure, Kernels, Definition, Float32, Batches, Examples, Specials, BadInput, NoAllocation, Files}
}
