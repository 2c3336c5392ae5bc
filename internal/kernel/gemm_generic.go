//go:build !amd64 || noasm

package kernel

// gemmVector is not called: there are no vector kernels.
func gemmVector[T Float](p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	gemmGo(p, c, cin, a, b, i0, i1, j0, j1)
}
