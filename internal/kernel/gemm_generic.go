//go:build (!amd64 && !arm64 && !wasm) || noasm

package kernel

// addsLast reports whether an addend comes after all k products of an entry.
func addsLast(int) bool { return false }

func gemmVector[T Float](_ doer[T], p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	gemmGo(p, c, cin, a, b, i0, i1, j0, j1)
}
