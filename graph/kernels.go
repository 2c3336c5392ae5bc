package graph

import "adjoint/internal/kernel"

// Kernels names the instruction set that the loops of every [Program] are made of: "avx2"
// or "avx512" on amd64, "neon" on arm64, "simd" in WebAssembly, "go" where there is no
// vector code. It is the best that the processor has, or what the environment variable
// ADJOINT_KERNELS says.
// The bits of results depend on it: with ADJOINT_KERNELS=go, or after UseKernels("go"),
// the same program gives the same bits on every processor of its architecture.
func Kernels() string { return kernel.ISA() }

// UseKernels makes an instruction set the one in use, by its name. It is for the start of
// a process, before any Program is bound to its inputs, and is not safe while one runs.
// It fails if this processor or this build does not have it; the error names those that
// there are.
func UseKernels(name string) error { return kernel.Use(name) }
