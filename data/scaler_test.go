package data

import (
	"adjoint/internal/random"

	"encoding/json"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat"
)

// The example in the documentation of scikit-learn's StandardScaler.
func TestScalerAgreesWithStandardScaler(t *testing.T) {
	d, err := New([][]float64{{0, 0}, {0, 0}, {1, 1}, {1, 1}}, nil, DetectTask)
	if err != nil {
		t.Fatal(err)
	}
	s, err := FitScaler(d)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Mean, []float64{0.5, 0.5}) || !slices.Equal(s.Scale, []float64{0.5, 0.5}) {
		t.Errorf("mean %v, scale %v", s.Mean, s.Scale)
	}
	z, err := s.Transform(d)
	if err != nil || !slices.Equal(z.X, []float64{-1, -1, -1, -1, 1, 1, 1, 1}) {
		t.Errorf("transformed: %v, %v", z, err)
	}
	row := []float64{2, 2}
	if err := s.Standardize(row, row); err != nil || !slices.Equal(row, []float64{3, 3}) {
		t.Errorf("(2, 2) becomes %v, %v", row, err)
	}
}

func TestScalerAgreesWithGonum(t *testing.T) {
	for _, d := range []*Dataset{BreastCancer(), Iris(), Wine()} {
		s, err := FitScaler(d)
		if err != nil {
			t.Fatal(err)
		}
		before := d.Clone()
		z, err := s.Transform(d)
		if err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(d, before) {
			t.Errorf("Transform changed %s", d.Source)
		}
		if !slices.Equal(z.Y, d.Y) || !slices.Equal(z.Lines, d.Lines) {
			t.Errorf("Transform lost the rest of %s", d.Source)
		}
		for j, name := range d.Features {
			x, _ := d.Column(name)
			mean, std := stat.PopMeanStdDev(x, nil)
			if math.Abs(s.Mean[j]-mean) > 1e-13*math.Abs(mean) || math.Abs(s.Scale[j]-std) > 1e-13*std {
				t.Errorf("%s: %v ± %v, want %v ± %v", name, s.Mean[j], s.Scale[j], mean, std)
			}
			x, _ = z.Column(name)
			if mean, std := stat.PopMeanStdDev(x, nil); math.Abs(mean) > 1e-13 || math.Abs(std-1) > 1e-13 {
				t.Errorf("%s standardised: %v ± %v, want 0 ± 1", name, mean, std)
			}
		}
	}
}

func TestScalerOfAConstantColumn(t *testing.T) {
	// The digits have pixels that are never touched.
	s, err := FitScaler(Digits())
	if err != nil {
		t.Fatal(err)
	}
	if s.Mean[0] != 0 || s.Scale[0] != 1 || s.Mean[32] != 0 || s.Scale[32] != 1 {
		t.Errorf("an empty pixel has mean %v and scale %v", s.Mean[0], s.Scale[0])
	}
	// The mean of ten 0.1 by summing is not 0.1.
	d := &Dataset{X: slices.Repeat([]float64{0.1}, 10), Features: Names(1)}
	if s, err = FitScaler(d); err != nil || s.Mean[0] != 0.1 || s.Scale[0] != 1 {
		t.Errorf("ten 0.1 have %+v, %v", s, err)
	}
	if s, err = FitScaler(&Dataset{X: []float64{-3}, Features: Names(1)}); err != nil || s.Mean[0] != -3 || s.Scale[0] != 1 {
		t.Errorf("one row has %+v, %v", s, err)
	}
}

// A column that is constant but for rounding is constant. The scales are those of scikit-learn 1.2.1:
// StandardScaler().fit(np.array(x).reshape(-1, 1)).scale_.
func TestScalerOfRounding(t *testing.T) {
	next := func(x float64) float64 { return math.Nextafter(x, math.Inf(1)) }
	for _, c := range []struct {
		x     []float64
		scale float64
	}{
		{[]float64{0.1, next(0.1)}, 1},
		{[]float64{0.1, 0.1, next(0.1)}, 1},
		{[]float64{1, next(1)}, 1},
		{slices.Repeat([]float64{1e6 + 0.1, next(1e6 + 0.1)}, 50), 1},
		{[]float64{-3.3, next(-3.3)}, 1},
		{[]float64{1e-300, next(1e-300)}, 1},
		{[]float64{1e300, next(1e300)}, 1}, // scikit-learn's squares overflow
		{[]float64{1e9 + 1, 1e9 + 2}, 0.5},
		{[]float64{1, 1 + 1e-12}, 5.0004445e-13},
		{[]float64{1, 1 + 1e-15}, 5.55111512e-16},
	} {
		s, err := FitScaler(&Dataset{X: c.x, Features: Names(1)})
		// What is left of 1 + 1e-15 varies with how the mean is rounded.
		if err != nil || math.Abs(s.Scale[0]-c.scale) > 0.03*c.scale {
			t.Errorf("%v has %+v, want scale %v; %v", c.x[:2], s, c.scale, err)
		}
	}
}

// Columns that the textbook formula Σx²/N − mean² gets wrong; the deviations are exact.
func TestScalerKeepsAccuracy(t *testing.T) {
	for _, c := range []struct {
		x           []float64
		mean, scale float64
	}{
		{[]float64{1e9 + 1, 1e9 + 2, 1e9 + 3}, 1e9 + 2, math.Sqrt(2.0 / 3)},
		{[]float64{1e-200, 3e-200}, 2e-200, 1e-200},
		{[]float64{1e200, 3e200}, 2e200, 1e200},
		{[]float64{5e-324, 1e-323}, 7.5e-324, 2.5e-324},
	} {
		s, err := FitScaler(&Dataset{X: c.x, Features: Names(1)})
		if err != nil {
			t.Errorf("%v: %v", c.x, err)
			continue
		}
		// Two neighbours have a deviation of half their distance, which the mean, one of them, makes the whole or less:
		// 5e-324 and 1e-323 do.
		if math.Abs(s.Mean[0]-c.mean) > 1e-15*c.mean || s.Scale[0] < c.scale/2 || s.Scale[0] > 2*c.scale+5e-324 {
			t.Errorf("%v has %v ± %v, want %v ± %v", c.x, s.Mean[0], s.Scale[0], c.mean, c.scale)
		}
		if wide := c.x[1]-c.x[0] > 1e-10*c.x[0] && c.x[0] > 1e-300; wide && math.Abs(s.Scale[0]-c.scale) > 1e-15*c.scale {
			t.Errorf("%v has scale %v, want %v", c.x, s.Scale[0], c.scale)
		}
	}
}

// A mean by summing loses digits to a sum a million times as large; ours is within a unit in the last place of the
// exact one.
func TestScalerMeanIsExact(t *testing.T) {
	d := &Dataset{Features: Names(1)}
	sum, s := new(big.Rat), random.New(1, random.ForMakers, 0)
	for range 100000 {
		x := 1e6 + s.Uniform()
		d.X = append(d.X, x)
		sum.Add(sum, new(big.Rat).SetFloat64(x))
	}
	mean, _ := sum.Quo(sum, big.NewRat(100000, 1)).Float64()
	fitted, err := FitScaler(d)
	if err != nil {
		t.Fatal(err)
	}
	if off := math.Abs(fitted.Mean[0] - mean); off > math.Nextafter(mean, math.Inf(1))-mean {
		t.Errorf("the mean is %v, want %v", fitted.Mean[0], mean)
	}
}

func TestScalerIsFittedOnTrainingRowsOnly(t *testing.T) {
	train, test, err := BreastCancer().Split(SplitOptions{Test: 0.2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, err := FitScaler(train)
	if err != nil {
		t.Fatal(err)
	}
	z, err := s.Transform(test)
	if err != nil {
		t.Fatal(err)
	}
	for k := range z.X {
		j := k % 30
		if want := (test.X[k] - s.Mean[j]) / s.Scale[j]; z.X[k] != want {
			t.Fatalf("row %d, column %d: %v, want %v", k/30, j, z.X[k], want)
		}
	}
}

func TestScalerSurvivesJSON(t *testing.T) {
	s, err := FitScaler(Wine())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Scaler
	if err := json.Unmarshal(text, &back); err != nil || !cmp.Equal(s, &back) {
		t.Errorf("restored: %+v, %v", back, err)
	}
}

func TestScalerErrors(t *testing.T) {
	d := small()
	s, err := FitScaler(d)
	if err != nil {
		t.Fatal(err)
	}
	bad := small()
	bad.X[3] = math.NaN()
	_, err = FitScaler(bad)
	wantError(t, "FitScaler of NaN", err, ErrNotFinite, "small.csv:4: row 1, column 1 (b): NaN")
	_, err = s.Transform(bad)
	wantError(t, "Transform of NaN", err, ErrNotFinite, "small.csv:4: row 1, column 1 (b): NaN")
	bad.X[1], bad.X[3], bad.X[5] = math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64
	_, err = FitScaler(bad)
	wantError(t, "FitScaler of the largest numbers", err, ErrNotFinite, "feature 1 (b) is too large to standardise")
	_, err = FitScaler(new(Dataset))
	wantError(t, "FitScaler of nothing", err, ErrEmpty, "")
	_, err = s.Transform(new(Dataset))
	wantError(t, "Transform of nothing", err, ErrEmpty, "")
	_, err = s.Transform(Iris())
	wantError(t, "Transform of iris", err, ErrFeatures, "4 features where 2 were fitted, missing a, b, unknown sepal_length_cm")
	tiny := &Scaler{Features: d.Features, Mean: []float64{0, 0}, Scale: []float64{1, 1e-310}}
	_, err = tiny.Transform(d)
	wantError(t, "Transform beyond the range", err, ErrNotFinite, "row 0, column 1 (b): 2 becomes +Inf")
	wantError(t, "a short buffer", s.Standardize(make([]float64, 2), make([]float64, 4)), ErrLength, "2 numbers to write 4")
	wantError(t, "half a row", s.Standardize(make([]float64, 3), make([]float64, 3)), ErrFeatures, "3 numbers are no whole rows of 2 features")
	wantError(t, "the zero Scaler", new(Scaler).Standardize(nil, nil), ErrFeatures, "")
	broken := &Scaler{Features: d.Features, Mean: []float64{0, 0}, Scale: []float64{1}}
	wantError(t, "a broken Scaler", broken.Standardize(d.X, d.X), ErrLength, "2 features, 2 means, 1 scales")
}

func TestStandardizeAllocatesNothing(t *testing.T) {
	d := BreastCancer()
	s, err := FitScaler(d)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]float64, len(d.X))
	if n := testing.AllocsPerRun(10, func() { err = s.Standardize(dst, d.X) }); n != 0 || err != nil {
		t.Errorf("%v allocations, %v", n, err)
	}
}

func TestImputer(t *testing.T) {
	train, err := read("a,b,y\n1,NA,0\n3,4,1\n,8,1\n", CSV{Missing: KeepMissing})
	if err != nil {
		t.Fatal(err)
	}
	m, err := FitImputer(train)
	if err != nil || !slices.Equal(m.Mean, []float64{2, 6}) {
		t.Fatalf("the means are %+v, %v, want 2 and 6", m, err)
	}
	filled, err := m.Transform(train)
	if err != nil || !slices.Equal(filled.X, []float64{1, 6, 3, 4, 2, 8}) || filled.Check() != nil {
		t.Errorf("filled: %v, %v", filled, err)
	}
	if !math.IsNaN(train.X[1]) {
		t.Error("Transform changed its argument")
	}
	test, err := read("a,b,y\n,NA,0\n", CSV{Missing: KeepMissing})
	if err != nil {
		t.Fatal(err)
	}
	if filled, err = m.Transform(test); err != nil || !slices.Equal(filled.X, []float64{2, 6}) {
		t.Errorf("other rows are filled with %v, %v, want the means of the training rows", filled, err)
	}

	_, err = FitImputer(test)
	wantError(t, "a column without values", err, ErrMissing, "column 0 (a) has no value")
	_, err = FitImputer(new(Dataset))
	wantError(t, "FitImputer of nothing", err, ErrEmpty, "")
	_, err = FitImputer(&Dataset{X: []float64{math.Inf(1), 1}, Features: Names(1)})
	wantError(t, "FitImputer of Inf", err, ErrNotFinite, "column 0 (x0)")
	_, err = m.Transform(Iris())
	wantError(t, "Transform of iris", err, ErrFeatures, "4 features where 2 were fitted")
	_, err = m.Transform(new(Dataset))
	wantError(t, "Transform of nothing", err, ErrEmpty, "")
	wantError(t, "a short buffer", m.Fill(nil, make([]float64, 2)), ErrLength, "0 numbers to write 2")
	wantError(t, "half a row", m.Fill(make([]float64, 1), make([]float64, 1)), ErrFeatures, "")
	broken := &Imputer{Features: m.Features}
	wantError(t, "a broken Imputer", broken.Fill(nil, nil), ErrLength, "2 features, 0 means")
}
