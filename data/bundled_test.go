package data

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
)

func TestBundledFilesAreThePublishedOnes(t *testing.T) {
	for _, file := range []struct{ name, text, sha256 string }{
		{"breast_cancer.csv", breastCancerCSV, "5c3e458a6f8780b7dd2bc07e65dc975d149b6f8324cb7442a6ead4c5c9858d07"},
		{"digits.csv", digitsCSV, "7a93e51f73dadeb4429b4fc0718b334d12864332b906bdf44f9da7599a7e0e01"},
		{"iris.csv", irisCSV, "2df9d7ed832c996186f5f38685a13e2be14a398f9e9453a2e4a2c30510523398"},
		{"wine.csv", wineCSV, "23e4194a5c52a750cd051677786d41f8de435bb6fc210f597f07080b5d910ef7"},
	} {
		sum := sha256.Sum256([]byte(file.text))
		if got := hex.EncodeToString(sum[:]); got != file.sha256 {
			t.Errorf("%s has sha256 %s, want %s", file.name, got, file.sha256)
		}
	}
}

// The counts are those of the sets' descriptions in scikit-learn and in the UCI repository.
func TestBundledSets(t *testing.T) {
	for _, set := range []struct {
		name           string
		d              *Dataset
		rows, features int
		classes        []string
		counts         []int
	}{
		{"breast cancer", BreastCancer(), 569, 30, []string{"malignant", "benign"}, []int{212, 357}},
		{"digits", Digits(), 1797, 64, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
			[]int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}},
		{"iris", Iris(), 150, 4, []string{"setosa", "versicolor", "virginica"}, []int{50, 50, 50}},
		{"wine", Wine(), 178, 13, []string{"class_0", "class_1", "class_2"}, []int{59, 71, 48}},
	} {
		if err := set.d.CheckClasses(); err != nil {
			t.Errorf("%s: %v", set.name, err)
		}
		if set.d.Rows() != set.rows || len(set.d.Features) != set.features {
			t.Errorf("%s is %d×%d, want %d×%d", set.name, set.d.Rows(), len(set.d.Features), set.rows, set.features)
		}
		if !slices.Equal(set.d.Classes, set.classes) {
			t.Errorf("%s has classes %q, want %q", set.name, set.d.Classes, set.classes)
		}
		if counts, err := set.d.ClassCounts(); err != nil || !slices.Equal(counts, set.counts) {
			t.Errorf("%s has %v of each class (%v), want %v", set.name, counts, err, set.counts)
		}
	}
}

// Means and sample standard deviations (divisor N−1) as they are printed in descriptions of the sets, where
// versions with mistakes are known: Fisher's iris has the sepal width 3.057333, UCI's file 3.054.
func TestBundledStatistics(t *testing.T) {
	for _, want := range []struct {
		d           *Dataset
		feature     string
		mean, std   float64
		least, most float64
	}{
		{Iris(), "sepal_length_cm", 5.843333, 0.828066, 4.3, 7.9},
		{Iris(), "sepal_width_cm", 3.057333, 0.435866, 2.0, 4.4},
		{Iris(), "petal_length_cm", 3.758000, 1.765298, 1.0, 6.9},
		{Iris(), "petal_width_cm", 1.199333, 0.762238, 0.1, 2.5},
		{Wine(), "alcohol", 13.000618, 0.811827, 11.03, 14.83},
		{Wine(), "proline", 746.893258, 314.907474, 278, 1680},
		{BreastCancer(), "mean_radius", 14.127292, 3.524049, 6.981, 28.11},
		{BreastCancer(), "worst_area", 880.583128, 569.356993, 185.2, 4254},
	} {
		x, err := want.d.Column(want.feature)
		if err != nil {
			t.Fatal(err)
		}
		mean, std := stat.MeanStdDev(x, nil)
		if math.Abs(mean-want.mean) > 5e-7 || math.Abs(std-want.std) > 5e-7 {
			t.Errorf("%s has mean %.7f and deviation %.7f, want %v and %v", want.feature, mean, std, want.mean, want.std)
		}
		if slices.Min(x) != want.least || slices.Max(x) != want.most {
			t.Errorf("%s lies in [%v, %v], want [%v, %v]", want.feature, slices.Min(x), slices.Max(x), want.least, want.most)
		}
	}
}

func TestDigitsAreGreyLevels(t *testing.T) {
	for k, x := range Digits().X {
		if x != math.Trunc(x) || x < 0 || x > 16 {
			t.Fatalf("pixel %d of picture %d is %v", k%64, k/64, x)
		}
	}
	// The first picture, a 0, as scikit-learn's documentation prints it.
	want := []float64{0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0}
	if got := Digits().Row(0)[:16]; !slices.Equal(got, want) {
		t.Errorf("the first picture begins %v, want %v", got, want)
	}
}

func TestBundledSetsAreCopies(t *testing.T) {
	d := Iris()
	d.X[0], d.Y[0], d.Features[0], d.Classes[0], d.Lines[0] = -1, -1, "", "", -1
	if again := Iris(); again.X[0] != 5.1 || again.Y[0] != 0 || again.Features[0] == "" || again.Classes[0] != "setosa" || again.Lines[0] != 2 {
		t.Error("a change of one copy of iris shows in the next")
	}
}
