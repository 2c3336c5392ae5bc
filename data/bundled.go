package data

import (
	_ "embed" // the files below
	"slices"
	"strings"
	"sync"
)

// The bundled files are sets of the UCI Machine Learning Repository, as scikit-learn 1.2.1 carries them: a header, numbers
// exact to float64, the label last. penguins.csv is that of the R package palmerpenguins (CC0): text and gaps, the label first.
var (
	//go:embed breast_cancer.csv
	breastCancerCSV string
	//go:embed digits.csv
	digitsCSV string
	//go:embed iris.csv
	irisCSV string
	//go:embed penguins.csv
	penguinsCSV string
	//go:embed wine.csv
	wineCSV string
)

var (
	breastCancer = bundled(CSV{Source: "breast_cancer.csv"}, &breastCancerCSV, "malignant", "benign")
	digits       = bundled(CSV{Source: "digits.csv"}, &digitsCSV)
	penguins     = bundled(CSV{Source: "penguins.csv", Label: Name("species"), Missing: KeepMissing}, &penguinsCSV)
	iris         = bundled(CSV{Source: "iris.csv"}, &irisCSV, "setosa", "versicolor", "virginica")
	wine         = bundled(CSV{Source: "wine.csv"}, &wineCSV, "class_0", "class_1", "class_2")
)

// BreastCancer returns the Breast Cancer Wisconsin (Diagnostic) data: 569 tumours, malignant (0: 212) or benign
// (1: 357), with 30 features: mean, standard error and worst value of ten measures of their cell nuclei.
//
// Source: W. Wolberg, W. Street, O. Mangasarian, 1995; UCI Machine Learning Repository.
func BreastCancer() *Dataset { return breastCancer().Clone() }

// Digits returns 1797 pictures of the handwritten digits 0 to 9, of 8×8 pixels with values 0 to 16, row by row.
//
// Source: Optical Recognition of Handwritten Digits, its test set, E. Alpaydin, C. Kaynak, 1998; UCI Machine Learning
// Repository.
func Digits() *Dataset {
	d := digits().Clone()
	d.Shape = []int{1, 8, 8}
	return d
}

// Iris returns the lengths and widths, in cm, of the sepals and petals of 150 flowers, 50 of each of three
// species: setosa (0), versicolor (1), virginica (2).
//
// Source: R. A. Fisher, 1936; UCI Machine Learning Repository.
func Iris() *Dataset { return iris().Clone() }

// Penguins returns 344 penguins of three species, Adelie, Chinstrap and Gentoo, of the Palmer Archipelago: the island, the
// sizes of the bill and the flipper in mm, the mass in g, the sex and the year. Island and sex are text, and there are gaps:
// a model takes them by a preparer, see package prepare.
//
// Source: Palmer Station LTER, K. Gorman, T. Williams, W. Fraser, 2014; A. Horst, A. Hill, K. Gorman, palmerpenguins, 2020.
func Penguins() *Dataset { return penguins().Clone() }

// Wine returns 13 measures of 178 wines of three cultivars: class_0 (59), class_1 (71), class_2 (48).
//
// Source: Wine, M. Forina et al., 1991; UCI Machine Learning Repository.
func Wine() *Dataset { return wine().Clone() }

// bundled reads an embedded file once, when it is first asked for. Classes rename the labels 0, 1, … of the file.
// The files are part of this package, so that an error is a mistake of its authors.
func bundled(o CSV, text *string, classes ...string) func() *Dataset {
	return sync.OnceValue(func() *Dataset {
		d, err := ReadCSV(strings.NewReader(*text), o)
		if err != nil {
			panic(err)
		}
		if classes != nil {
			d.Classes = slices.Clone(classes)
		}
		return d
	})
}
