//go:build !invariants

package graph

// invariants says whether what passes promise is checked after each of them, and
// whether buffers that nobody reads any more are overwritten by NaN.
const invariants = false
