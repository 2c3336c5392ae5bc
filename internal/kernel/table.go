package kernel

import (
	"fmt"
	"os"
	"strings"
	"unsafe"
)

// A level is a set of instructions that kernels are made of.
type level int

const (
	plainGo level = iota
	avx2          // AVX2 and FMA
	avx512        // AVX-512 F, BW, DQ and VL
	neon          // the vectors of arm64
	simd          // the vectors of WebAssembly
)

func (l level) String() string {
	return [...]string{"go", "avx2", "avx512", "neon", "simd"}[l]
}

// ISA names the instruction set in use: "go", "avx2", "avx512", "neon" or "simd".
func ISA() string { return inUse.String() }

// Variable is the environment variable that names the instruction set to be used from
// the start of a program, instead of the best that the processor has.
const Variable = "ADJOINT_KERNELS"

var (
	inUse   level
	table32 table[float32]
	table64 table[float64]
)

// init follows the variable. If it names what is not there, plain Go is used, and the
// standard error output says so: any program can be run again with that.
func init() {
	use(best())
	name := os.Getenv(Variable)
	if name == "" {
		return
	}
	if err := Use(name); err != nil {
		use(plainGo)
		fmt.Fprintf(os.Stderr, "%s: %v; go is used\n", Variable, err)
	}
}

// Use makes the kernels of an instruction set the ones in use, by the name that [ISA]
// has for it. It fails if this processor or this program does not have them. It is not
// safe while a kernel runs, and what was bound before, such as a [Bound], must not be done
// after it: its calls are those of what was in use then.
func Use(name string) error {
	var names []string
	for _, l := range levels() {
		if l.String() == name {
			use(l)
			return nil
		}
		names = append(names, l.String())
	}
	return fmt.Errorf("kernel: no instruction set %q here: there are %s", name, strings.Join(names, ", "))
}

// best is the highest level that there is.
func best() level {
	all := levels()
	return all[len(all)-1]
}

// use makes the kernels of one level the ones in use. It is not safe while a
// kernel runs: init and tests call it.
func use(l level) {
	inUse = l
	table32, table64 = goTable[float32](), goTable[float64]()
	fillTables(l, &table32, &table64)
}

// tableOf is the table in use for T.
func tableOf[T Float]() *table[T] {
	if sizeof[T]() == 4 {
		return (*table[T])(unsafe.Pointer(&table32))
	}
	return (*table[T])(unsafe.Pointer(&table64))
}

// A table holds the kernels of one level. Its functions trust their arguments:
// the exported functions have checked the lengths.
type table[T Float] struct {
	// dst[i] = f(x[i])
	exp, log, sigmoid, tanh, relu, softplus, sqrt, abs func(dst, x []T)
	sigmoidPrime, sigmoidComplement, tanhPrime         func(dst, x []T)
	gelu, geluPrime, erf                               func(dst, z []T)
	bell                                               func(dst, z []T, h, c T)
	sigmoidAndPrime, tanhAndPrime                      func(dst, prime, z []T) // nil where one pass has nothing to save

	// dst[i] = f(x[i], y[i])
	add, sub, mul, div, maximum, minimum     func(dst, x, y []T)
	sigmoidReverse, tanhReverse, reluReverse func(dst, a, zeta []T)
	logLoss, sigmoidResidual                 func(dst, z, y []T)
	weigh                                    func(dst, p, x []T)

	// scalars a, b
	fill   func(dst []T, a T)
	shift  func(dst, x []T, a T)
	scale  func(dst, x []T, a T)
	affine func(dst, x []T, a, b T)
	axpy   func(dst, x []T, a T)

	// sums over at most Leaf entries, and the maximum of at least one
	sumLeaf func(x []T) T
	dotLeaf func(x, y []T) T
	max     func(x []T) T

	// dst[j] += Σ x[i·ld+j] over the m rows i
	addRows func(dst, x []T, m, ld int)

	// the largest entries of a window, and what adds ζ to them
	maxPool func(r *PoolRow, y, x []T)
	maxGive func(r *PoolRow, out, x, y, zeta []T)

	// the optimizers

	sgd      func(w, g []T, rate T)
	momentum func(w, g, v []T, mu, rateG, rateV T)
	adaGrad  func(w, g, s []T, rate, eps T)
	rmsProp  func(w, g, s []T, alpha, beta, rate, eps T)
	adam     func(w, g, m, v []T, beta1, alpha1, beta2, alpha2, rate, eps, keep T)
}

// goTable is the table of plain Go.
func goTable[T Float]() table[T] {
	return table[T]{
		exp: expGo[T], log: logGo[T], sigmoid: sigmoidGo[T], tanh: tanhGo[T],
		relu: reluGo[T], softplus: softplusGo[T], sqrt: sqrtGo[T], abs: absGo[T],
		sigmoidPrime: sigmoidPrimeGo[T], sigmoidComplement: sigmoidComplementGo[T], tanhPrime: tanhPrimeGo[T],
		gelu: geluGo[T], geluPrime: geluPrimeGo[T], erf: erfGo[T], bell: bellGo[T],

		add: addGo[T], sub: subGo[T], mul: mulGo[T], div: divGo[T],
		maximum: maximumGo[T], minimum: minimumGo[T],
		sigmoidReverse: sigmoidReverseGo[T], tanhReverse: tanhReverseGo[T], reluReverse: reluReverseGo[T],
		logLoss: logLossGo[T], sigmoidResidual: sigmoidResidualGo[T], weigh: weighGo[T],

		fill: fillGo[T], shift: shiftGo[T], scale: scaleGo[T], affine: affineGo[T], axpy: axpyGo[T],

		sumLeaf: sumLeafGo[T], dotLeaf: dotLeafGo[T], max: maxGo[T], addRows: addRowsGo[T],

		maxPool: maxPoolGo[T], maxGive: maxGiveGo[T],

		sgd: sgdGo[T], momentum: momentumGo[T], adaGrad: adaGradGo[T],
		rmsProp: rmsPropGo[T], adam: adamGo[T],
	}
}
