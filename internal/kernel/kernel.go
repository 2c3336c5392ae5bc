package kernel

import (
	"fmt"
	"unsafe"
)

// Float is the constraint of every kernel. It has no tilde: the assembly is bound
// to the two types themselves.
type Float interface{ float32 | float64 }

// sizeof is the size of a T in bytes, a constant in each instance.
func sizeof[T Float]() int {
	var x T
	return int(unsafe.Sizeof(x))
}

// need panics unless an operand has the length of the result.
func need(kernel string, result, operand int) {
	if result != operand {
		badLength(kernel, result, operand)
	}
}

// badLength is apart from need so that need is inlined.
func badLength(kernel string, result, operand int) {
	panic(fmt.Sprintf("kernel: %s: an operand has %d entries where %d are needed", kernel, operand, result))
}
