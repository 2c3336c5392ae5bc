package ops_test

import (
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"pgregory.net/rapid"
)

// Any spec of two operands agrees with the sum over all values of all letters, and
// so do its derivatives. Those are specs again, with ones for the letters that an
// operand has alone.
func TestEinsumRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const letters = "abcde"
		term := func(name string) string {
			order := rapid.Permutation([]byte(letters)).Draw(t, name)
			return string(order[:rapid.IntRange(0, 4).Draw(t, "rank of "+name)])
		}
		extent := map[byte]int{}
		for i, d := range dimsOf(t, "extents", len(letters)) {
			extent[letters[i]] = d
		}
		dims := func(term string) []int {
			var d []int
			for _, c := range []byte(term) {
				d = append(d, extent[c])
			}
			return d
		}
		a, b := term("a"), term("b")
		out := ""
		for _, c := range rapid.Permutation([]byte(letters)).Draw(t, "out") {
			if strings.ContainsRune(a+b, rune(c)) && rapid.Bool().Draw(t, "kept") {
				out += string(c)
			}
		}
		g := graphOf(t)
		av, bv, ζv := arrayOf(t, "va", dims(a)), arrayOf(t, "vb", dims(b)), arrayOf(t, "vζ", dims(out))
		x, y := leaf(g, "a", av), leaf(g, "b", bv)
		z := ops.Einsum(a+","+b+"->"+out, x, y)
		r := graph.VJP(z, leaf(g, "ζ", ζv), x, y)
		got := valuesAt(t, z, r[0], r[1])
		same(t, "value", got[0], einsum(a+","+b+"->"+out, []array{av, bv}), 0)
		ones := func(dims []int) array { return optest.ArrayOf(dims, func([]int) float64 { return 1 }) }
		same(t, "r by a", got[1], einsum(out+","+b+","+a+"->"+a, []array{ζv, bv, ones(dims(a))}), 0)
		same(t, "r by b", got[2], einsum(out+","+a+","+b+"->"+b, []array{ζv, av, ones(dims(b))}), 0)
	})
}

// The reverse of "ij,jk->ik" reads as the doc comment says.
func TestEinsumRules(t *testing.T) {
	g := graph.New()
	w, x, ζ := g.Input("w", 2, 3), g.Input("x", 3, batch), g.Input("ζ", 2, batch)
	r := graph.VJP(ops.Einsum("ij,jk->ik", w, x), ζ, w, x)
	if r[0] != ops.Einsum("ik,jk->ij", ζ, x) || r[1] != ops.Einsum("ij,ik->jk", w, ζ) {
		t.Errorf("r(ζ) = (%v, %v)", r[0], r[1])
	}
	if y := ops.Einsum(" ij -> ji ", w); y != ops.T(w) {
		t.Errorf("ij->ji is %v", y)
	}
	if y := ops.Einsum("ij->ij", w); y != w {
		t.Errorf("ij->ij is %v", y)
	}
}
