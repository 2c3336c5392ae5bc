package kernel

import (
	"cmp"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// smooth is a function of one variable with its true values.
type smooth[T Float] struct {
	name   string
	f      func(dst, x []T)
	exact  func(x *big.Float) *big.Float
	beyond float64 // for larger |x| the true value is that of ±beyond
	domain func(x float64) bool
	// values at −Inf, −0, 0 and +Inf
	ends [4]float64
	ulps float64 // that it may be off by; 0 is 2.5
}

func smooths[T Float]() []smooth[T] {
	all := func(float64) bool { return true }
	negZero := math.Copysign(0, -1)
	abs := func(z *big.Float) *big.Float { return newBig(0).Abs(z) }
	return []smooth[T]{
		{"Exp", Exp[T], bigExp, 1100, all, [4]float64{0, 1, 1, inf}, 1},
		{"Log", Log[T], bigLog, inf, func(x float64) bool { return x > 0 }, [4]float64{nan, -inf, -inf, inf}, 0},
		{"Sigmoid", Sigmoid[T], bigSigmoid, 1100, all, [4]float64{0, 0.5, 0.5, 1}, 0},
		{"SigmoidPrime", SigmoidPrime[T], func(z *big.Float) *big.Float {
			return bigBell(bigExp(newBig(0).Neg(abs(z))))
		}, 1100, all, [4]float64{0, 0.25, 0.25, 0}, 0},
		{"SigmoidComplement", SigmoidComplement[T], func(z *big.Float) *big.Float {
			return bigSigmoid(newBig(0).Neg(z))
		}, 1100, all, [4]float64{1, 0.5, 0.5, 0}, 0},
		{"Tanh", Tanh[T], bigTanh, 100, all, [4]float64{-1, negZero, 0, 1}, 0},
		{"TanhPrime", TanhPrime[T], func(z *big.Float) *big.Float {
			b := bigBell(bigExp(newBig(0).Mul(newBig(-2), abs(z))))
			return b.Mul(b, newBig(4))
		}, 1000, all, [4]float64{0, 1, 1, 0}, 0},
		{"Softplus", Softplus[T], bigSoftplus, inf, all, [4]float64{0, math.Ln2, math.Ln2, inf}, 0},
		{"GELU", GELU[T], func(z *big.Float) *big.Float { return newBig(0).Mul(z, bigNormal(z)) }, inf, all, [4]float64{negZero, negZero, 0, inf}, 4.5},
		{"GELUPrime", GELUPrime[T], bigGELUPrime, inf, func(z float64) bool { return math.Abs(z+0.75) > 0.5 }, [4]float64{negZero, 0.5, 0.5, 1}, 4.5},
		{"Erf", Erf[T], bigErf, inf, all, [4]float64{-1, negZero, 0, 1}, 0},
	}
}

// samples covers every exponent with both signs, the range where functions bend
// densely, and the neighbourhoods of the ends of exp.
func samples[T Float](r *rand.Rand, perExponent, dense int) []T {
	lo, hi := -1074, 1023
	if sizeof[T]() == 4 {
		lo, hi = -149, 127
	}
	var x []T
	for e := lo; e <= hi; e += thin() {
		for range perExponent {
			v := T(math.Ldexp(1+r.Float64(), e))
			if !math.IsInf(float64(v), 0) {
				x = append(x, v, -v)
			}
		}
	}
	for range dense / thin() {
		x = append(x, T(r.NormFloat64()), T(r.NormFloat64()*30), T(1+r.NormFloat64()/4), T(r.NormFloat64()*400))
		for _, end := range []float64{-745.13, -708.4, 709.78, -103.97, -87.34, 88.72, -104, 89, -746, 710} {
			x = append(x, T(end+r.NormFloat64()/8))
		}
	}
	return x
}

// TestSmooth holds the functions to 2.5 units in the last place, or as many as they state,
// wherever they are defined.
func TestSmooth(t *testing.T) {
	testSmooth[float32](t, 5)
	testSmooth[float64](t, 1)
}

func testSmooth[T Float](t *testing.T, perExponent int) {
	x := samples[T](newRand(), perExponent, 100)
	for _, s := range smooths[T]() {
		var in, got []T
		var want []*big.Float
		for _, v := range x {
			if s.domain(float64(v)) {
				in, want = append(in, v), append(want, s.at(float64(v)))
			}
		}
		got = make([]T, len(in))
		eachLevel(t, func(t *testing.T) {
			s.f(got, in)
			worst, at := 0.0, T(0)
			for i, w := range want {
				if u := ulps(got[i], w); u > worst {
					worst, at = u, in[i]
				}
			}
			t.Logf("%s of %s: at most %.2f ulps, at %v", s.name, typeName[T](), worst, at)
			if allowed := cmp.Or(s.ulps, 2.5); worst > allowed {
				t.Errorf("%s(%v) is off by %.2f ulps", s.name, at, worst)
			}
		})
	}
}

// at returns the true value.
func (s *smooth[T]) at(x float64) *big.Float {
	if math.Abs(x) > s.beyond {
		x = math.Copysign(s.beyond, x)
	}
	if s.name == "Softplus" && x > 1000 {
		return newBig(x) // the rest is below 1e-400
	}
	if s.name == "Softplus" && x < -1000 {
		x = -1000
	}
	return s.exact(newBig(x))
}

func TestSmoothEnds(t *testing.T) { each(t, testSmoothEnds[float32], testSmoothEnds[float64]) }

func testSmoothEnds[T Float](t *testing.T) {
	ends := []T{T(-inf), T(math.Copysign(0, -1)), 0, T(inf), T(nan)}
	x := slices.Repeat(ends, 11) // in every part of the loops
	for _, s := range smooths[T]() {
		got := make([]T, len(x))
		s.f(got, x)
		for i := range got {
			want := append(s.ends[:], nan)[i%len(ends)]
			if math.Abs(float64(got[i])-want) < 1e-7 && want == math.Ln2 {
				continue
			}
			if !same(got[i], T(want)) || math.Signbit(float64(got[i])) != math.Signbit(want) && want == 0 {
				t.Errorf("%s(%v) = %v, should be %v", s.name, x[i], got[i], want)
			}
		}
		if s.name == "Log" {
			negative := []T{-1, T(-inf), -1e-44}
			s.f(negative, negative)
			for _, v := range negative {
				if v == v {
					t.Errorf("log of a negative number is %v", v)
				}
			}
		}
	}
}

// TestFloat32Densely compares with math over one of every few thousand float32s.
func TestFloat32Densely(t *testing.T) {
	refs := map[string]func(float64) float64{
		"Exp": math.Exp, "Log": math.Log, "Tanh": math.Tanh,
		"Sigmoid":  func(z float64) float64 { return 1 / (1 + math.Exp(-z)) },
		"Softplus": func(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) },
		"Erf":      math.Erf,
	}
	var x []float32
	for b := uint64(0); b <= math.MaxUint32; b += 16381 {
		x = append(x, math.Float32frombits(uint32(b)))
	}
	eachLevel(t, func(t *testing.T) {
		got := make([]float32, len(x))
		for _, s := range smooths[float32]() {
			ref := refs[s.name]
			if ref == nil {
				continue
			}
			s.f(got, x)
			for i, v := range x {
				want := ref(float64(v))
				if same(got[i], float32(want)) {
					continue
				}
				if u := ulps(got[i], newBig(want)); !(u <= 2.5) {
					t.Fatalf("%s(%v) = %v is off by %.2f ulps", s.name, v, got[i], u)
				}
			}
		}
	})
}

// TestLogLoss holds the log-loss to 3.5 units in the last place: its terms are positive.
func TestLogLoss(t *testing.T) {
	testLogLoss[float32](t)
	testLogLoss[float64](t)
}

func testLogLoss[T Float](t *testing.T) {
	z := samples[T](newRand(), 1, 50)
	near := make([]*big.Float, len(z)) // softplus(−|z|)
	for i, z := range z {
		near[i] = bigSoftplus(newBig(-min(math.Abs(float64(z)), 1000)))
	}
	eachLevel(t, func(t *testing.T) { checkLogLoss(t, z, near) })
}

func checkLogLoss[T Float](t *testing.T, z []T, near []*big.Float) {
	y, got := make([]T, len(z)), make([]T, len(z))
	for _, label := range []T{0, 1, 0.25, 1e-7, 1 - 1e-5} {
		Fill(y, label)
		LogLoss(got, z, y)
		for i, z := range z {
			p := newBig(float64(label))
			if z >= 0 {
				p.Sub(newBig(1), p)
			}
			want := newBig(0).Mul(p, newBig(math.Abs(float64(z))))
			want.Add(want, near[i])
			if u := ulps(got[i], want); !(u <= 3.5) {
				t.Fatalf("LogLoss(%v, %v) = %v is off by %.2f ulps", z, label, got[i], u)
			}
		}
	}
	for _, c := range [][3]float64{
		{inf, 1, 0}, {-inf, 0, 0}, {inf, 0, inf}, {-inf, 1, inf}, {inf, 0.5, inf},
		{nan, 1, nan}, {nan, 0, nan}, {1, nan, nan}, {inf, nan, nan}, {0, 1, math.Ln2},
	} {
		got := []T{0}
		LogLoss(got, []T{T(c[0])}, []T{T(c[1])})
		if !same(got[0], T(c[2])) && !(math.Abs(float64(got[0])-c[2]) < 1e-6) {
			t.Errorf("LogLoss(%v, %v) = %v, should be %v", c[0], c[1], got[0], c[2])
		}
	}
}

// exactOps are the kernels whose every result is one rounding of the true value, or
// none.
func exactOps[T Float]() map[string]struct {
	f    func(dst, x, y []T)
	want func(x, y T) T
} {
	type op = struct {
		f    func(dst, x, y []T)
		want func(x, y T) T
	}
	unary := func(f func(dst, x []T)) func(dst, x, y []T) {
		return func(dst, x, _ []T) { f(dst, x) }
	}
	return map[string]op{
		"Add":     {Add[T], func(x, y T) T { return x + y }},
		"Sub":     {Sub[T], func(x, y T) T { return x - y }},
		"Mul":     {Mul[T], func(x, y T) T { return x * y }},
		"Div":     {Div[T], func(x, y T) T { return x / y }},
		"Maximum": {Maximum[T], func(x, y T) T { return max(x, y) }},
		"Minimum": {Minimum[T], func(x, y T) T { return min(x, y) }},
		"Weigh": {Weigh[T], func(p, x T) T {
			if p == 0 && math.Abs(float64(x)) == inf {
				return 0
			}
			return p * x
		}},
		"Sqrt": {unary(Sqrt[T]), func(x, _ T) T { return T(math.Sqrt(float64(x))) }},
		"Abs":  {unary(Abs[T]), func(x, _ T) T { return T(math.Abs(float64(x))) }},
		"Relu": {unary(Relu[T]), func(x, _ T) T { return max(x, 0) }},
		"ReluReverse": {ReluReverse[T], func(x, y T) T {
			switch {
			case x >= 0:
				return y
			case x < 0:
				return 0 * y
			}
			return x
		}},
		"Shift": {func(dst, x, _ []T) { Shift(dst, x, 1.25) }, func(x, _ T) T { return x + 1.25 }},
		"Scale": {func(dst, x, _ []T) { Scale(dst, x, -1.3) }, func(x, _ T) T { return -1.3 * x }},
		"Fill":  {func(dst, _, _ []T) { Fill(dst, 3.5) }, func(_, _ T) T { return 3.5 }},
	}
}

// special are values that stand for the corners of arithmetic.
func special[T Float]() []T {
	least, largest := math.SmallestNonzeroFloat64, math.MaxFloat64
	if sizeof[T]() == 4 {
		least, largest = math.SmallestNonzeroFloat32, math.MaxFloat32
	}
	tiny, huge := T(least), T(largest/2)
	return []T{0, T(math.Copysign(0, -1)), 1, -1, tiny, -tiny, 1000 * tiny, huge, -huge, T(inf), T(-inf), T(nan), 0.3, -7.5}
}

func TestExactOps(t *testing.T) { each(t, testExactOps[float32], testExactOps[float64]) }

func testExactOps[T Float](t *testing.T) {
	var x, y []T
	for _, a := range special[T]() {
		for _, b := range special[T]() {
			x, y = append(x, a), append(y, b)
		}
	}
	for name, op := range exactOps[T]() {
		for _, n := range append(sizes, len(x)) {
			n = min(n, len(x))
			for off := range 4 {
				dst, intact := guarded[T](t, n, off)
				xs, ys := x[len(x)-n:], y[len(x)-n:]
				op.f(dst, xs, ys)
				intact()
				for i, got := range dst {
					if want := op.want(xs[i], ys[i]); !same(got, want) {
						t.Fatalf("%s(%v, %v) = %v, should be %v", name, xs[i], ys[i], got, want)
					}
				}
			}
		}
	}
}

// TestTies holds that a tie of zeros goes to the second operand.
func TestTies(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		zero, neg := 0.0, math.Copysign(0, -1)
		for _, f := range []func(dst, x, y []float64){Maximum[float64], Minimum[float64]} {
			dst := make([]float64, 2)
			f(dst, []float64{zero, neg}, []float64{neg, zero})
			if !math.Signbit(dst[0]) || math.Signbit(dst[1]) {
				t.Errorf("ties of zeros give %v", dst)
			}
		}
	})
}

// TestPlace holds that an entry's result depends neither on where it lies nor on
// how many there are, and that results may overwrite operands.
func TestPlace(t *testing.T) { each(t, testPlace[float32], testPlace[float64]) }

func testPlace[T Float](t *testing.T) {
	fs := map[string]func(dst, x, y []T){
		"SigmoidReverse":  SigmoidReverse[T],
		"TanhReverse":     TanhReverse[T],
		"LogLoss":         LogLoss[T],
		"SigmoidResidual": SigmoidResidual[T],
		"Affine":          func(dst, x, _ []T) { Affine(dst, x, 1.7, -0.3) },
	}
	for _, s := range smooths[T]() {
		fs[s.name] = func(dst, x, _ []T) { s.f(dst, x) }
	}
	for name, op := range exactOps[T]() {
		fs[name] = op.f
	}
	r := newRand()
	x, y := make([]T, 1000), make([]T, 1000)
	for i := range x {
		x[i], y[i] = T(r.NormFloat64()*3), T(r.NormFloat64())
	}
	for name, f := range fs {
		single := make([]T, len(x))
		for i := range x {
			f(single[i:i+1], x[i:i+1], y[i:i+1])
		}
		for _, n := range sizes {
			for off := range 3 {
				from := len(x) - n
				dst, intact := guarded[T](t, n, off)
				f(dst, x[from:], y[from:])
				intact()
				inX, _ := guarded[T](t, n, off)
				copy(inX, x[from:])
				f(inX, inX, y[from:])
				inY, _ := guarded[T](t, n, off)
				copy(inY, y[from:])
				f(inY, x[from:], inY)
				for i := range dst {
					want := single[from+i]
					if !same(dst[i], want) || !same(inX[i], want) || !same(inY[i], want) {
						t.Fatalf("%s, %d entries: entry %d is %v, %v over x, %v over y; alone it is %v", name, n, i, dst[i], inX[i], inY[i], want)
					}
				}
			}
		}
	}
}

// TestFused bounds the kernels that may round once or twice by the sizes of their
// terms.
func TestFused(t *testing.T) { each(t, testFused[float32], testFused[float64]) }

func testFused[T Float](t *testing.T) {
	r := newRand()
	x, y, dst := make([]T, 500), make([]T, 500), make([]T, 500)
	for i := range x {
		x[i], y[i] = T(r.NormFloat64()), T(r.NormFloat64())
	}
	check := func(name string, want func(x, y float64) float64) {
		t.Helper()
		for i, got := range dst {
			w := want(float64(x[i]), float64(y[i]))
			if d := math.Abs(float64(got) - w); !(d <= 4*epsilon[T]()*(1+math.Abs(w))) {
				t.Fatalf("%s at %v, %v is %v, should be %v", name, x[i], y[i], got, w)
			}
		}
	}
	a, b := T(0.7), T(-0.2)
	Affine(dst, x, a, b)
	check("Affine", func(x, _ float64) float64 { return float64(a)*x + float64(b) })
	copy(dst, y)
	Axpy(dst, x, a)
	check("Axpy", func(x, y float64) float64 { return float64(a)*x + y })
	SigmoidReverse(dst, x, y)
	check("SigmoidReverse", func(x, y float64) float64 { return y * x * (1 - x) })
	TanhReverse(dst, x, y)
	check("TanhReverse", func(x, y float64) float64 { return y * (1 - x*x) })
}

// TestBesidePrime: in one pass a function and its derivative have the bits of each alone, in whatever
// place, and for whatever numbers.
func TestBesidePrime(t *testing.T) {
	testBesidePrime[float32](t)
	testBesidePrime[float64](t)
}

func testBesidePrime[T Float](t *testing.T) {
	z := append(samples[T](newRand(), 1, 50), T(inf), T(-inf), T(nan), 0, T(math.Copysign(0, -1)))
	for _, c := range []struct {
		name      string
		f, fPrime func(dst, z []T)
		both      func(dst, prime, z []T)
	}{
		{"Sigmoid", Sigmoid[T], SigmoidPrime[T], SigmoidAndPrime[T]},
		{"Tanh", Tanh[T], TanhPrime[T], TanhAndPrime[T]},
	} {
		eachLevel(t, func(t *testing.T) {
			want, wantPrime := make([]T, len(z)), make([]T, len(z))
			c.f(want, z)
			c.fPrime(wantPrime, z)
			for _, place := range []string{"apart", "the function's", "the derivative's"} {
				in, got, gotPrime := slices.Clone(z), make([]T, len(z)), make([]T, len(z))
				switch place {
				case "the function's":
					in = got
				case "the derivative's":
					in = gotPrime
				}
				copy(in, z)
				c.both(got, gotPrime, in)
				for i, z := range z {
					if !same(got[i], want[i]) || !same(gotPrime[i], wantPrime[i]) || math.Signbit(float64(got[i])) != math.Signbit(float64(want[i])) {
						t.Fatalf("%s(%v), z in place %s: %v, %v beside each other, %v, %v alone", c.name, z, place, got[i], gotPrime[i], want[i], wantPrime[i])
					}
				}
				c.both(nil, nil, nil)
			}
		})
	}
}
