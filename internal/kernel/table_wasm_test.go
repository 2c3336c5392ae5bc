//go:build wasm && !noasm

package kernel

import (
	"math"
	"reflect"
	"testing"
)

// TestPlainBits holds the vector kernels of WebAssembly to the bits of plain Go.
func TestPlainBits(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testPlainBits(t, &table32) })
	t.Run("float64", func(t *testing.T) { testPlainBits(t, &table64) })
}

func testPlainBits[T Float](t *testing.T, inUse *table[T]) {
	r := newRand()
	special := []float64{0, math.Copysign(0, -1), 1, -1, 0x1p-140, -0x1p-60, 0x1p-1040, math.Inf(1), math.Inf(-1), nan}
	draw := func() T {
		if r.IntN(4) == 0 {
			return T(special[r.IntN(len(special))])
		}
		return T(r.NormFloat64())
	}
	plain := goTable[T]()
	v, g := reflect.ValueOf(inUse).Elem(), reflect.ValueOf(&plain).Elem()
	for i := range v.NumField() {
		f, h := v.Field(i), g.Field(i)
		if f.Pointer() == h.Pointer() {
			continue
		}
		f, h = expose(f), expose(h)
		name := v.Type().Field(i).Name
		for _, n := range sizes {
			if n == 0 && name == "max" {
				continue
			}
			var mine, its []reflect.Value
			for j := range f.Type().NumIn() {
				switch f.Type().In(j) {
				case reflect.TypeFor[[]T]():
					m := n
					if name == "addRows" && j == 1 {
						m *= 5
					}
					x := make([]T, m)
					for q := range x {
						x[q] = draw()
					}
					y := append([]T(nil), x...)
					mine, its = append(mine, reflect.ValueOf(x)), append(its, reflect.ValueOf(y))
				case reflect.TypeFor[int](): // the rows of addRows, and how far they are apart
					k := reflect.ValueOf([]int{5, n}[j-2])
					mine, its = append(mine, k), append(its, k)
				default:
					a := reflect.ValueOf(T(r.Float64()))
					mine, its = append(mine, a), append(its, a)
				}
			}
			got, want := append(f.Call(mine), mine...), append(h.Call(its), its...)
			for j := range got {
				if !equalBits[T](got[j], want[j]) {
					t.Errorf("%s of %d entries: %v in vectors, %v in plain Go", name, n, got[j], want[j])
				}
			}
		}
	}
}

// expose returns a field of a table as a value that may be called.
func expose(f reflect.Value) reflect.Value {
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}

// equalBits compares two numbers, or slices of them. One NaN is as good as another.
func equalBits[T Float](x, y reflect.Value) bool {
	if x.Kind() == reflect.Slice {
		for i := range x.Len() {
			if !equalBits[T](x.Index(i), y.Index(i)) {
				return false
			}
		}
		return true
	}
	if x.Kind() == reflect.Int {
		return true
	}
	a, b := x.Float(), y.Float()
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

// TestPlainProduct is TestPlainBits of products, but for scalar products, which are added in
// another order.
func TestPlainProduct(t *testing.T) {
	t.Run("float32", testPlainProduct[float32])
	t.Run("float64", testPlainProduct[float64])
}

func testPlainProduct[T Float](t *testing.T) {
	r := newRand()
	for range 300 {
		m, n, k := 2+r.IntN(80), 2+r.IntN(70), 1+r.IntN(40)
		if r.IntN(10) == 0 {
			k += 600
		}
		c := newGemmCase(t, r, m, n, k, r.IntN(kinds), func() T { return T(r.NormFloat64()) })
		want := append([]T(nil), c.c...)
		cin := c.cin
		if len(cin) > 0 && &cin[0] == &c.c[0] {
			cin = want
		}
		gemmGo(&c.p, want, cin, c.a, c.b, 0, m, 0, n)
		Gemm(&c.p, c.c, c.cin, c.a, c.b)
		if !equalBits[T](reflect.ValueOf(c.c), reflect.ValueOf(want)) {
			t.Fatalf("%+v: other bits than plain Go's", c.p)
		}
	}
}
