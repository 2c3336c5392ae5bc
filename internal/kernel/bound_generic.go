//go:build !amd64 || noasm

package kernel

// There are no vector kernels whose calls are noted, and what follows notes none.

type (
	doer[T Float] struct{}
	calls         struct{}
)

func note[T Float](*Product, []T, []T, []T, []T) calls { return calls{} }

func (*calls) any() bool { return false }

func doCalls[T Float](*calls) {}
