package data_test

import (
	"errors"
	"fmt"
	"log"
	"strings"

	"adjoint/data"
)

// From a file to batches that a graph can be fed with.
func Example() {
	cancer := data.BreastCancer()
	train, test, err := cancer.Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	scaler, err := data.FitScaler(train)
	if err != nil {
		log.Fatal(err)
	}
	if train, err = scaler.Transform(train); err != nil {
		log.Fatal(err)
	}
	fmt.Println(train.Rows(), "rows to train on,", test.Rows(), "to test on")

	batches, err := train.Batches(100, 1)
	if err != nil {
		log.Fatal(err)
	}
	x := make([]float64, len(train.Features)*100) // the batch, an example a column
	for k, rows := range batches.Epoch(0) {
		x := x[:len(train.Features)*len(rows)]
		if err := train.Gather(x, rows); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("batch %d: x is %d×%d\n", k, len(train.Features), len(rows))
	}
	// Output:
	// 455 rows to train on, 114 to test on
	// batch 0: x is 30×100
	// batch 1: x is 30×100
	// batch 2: x is 30×100
	// batch 3: x is 30×100
	// batch 4: x is 30×55
}

func ExampleReadCSV() {
	file := strings.NewReader(`patient,age,pressure,diagnosis
17,52,130,sick
18,31,115,well
19,47,122,well
`)
	d, err := data.ReadCSV(file, data.CSV{Drop: []data.Column{data.Name("patient")}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.Features, d.Target, d.Classes)
	for i := range d.Rows() {
		fmt.Println(d.Row(i), d.Classes[int(d.Y[i])])
	}
	// Output:
	// [age pressure] diagnosis [sick well]
	// [52 130] sick
	// [31 115] well
	// [47 122] well
}

// A mistake in a file is named by its place and its text.
func ExampleReadCSV_mistake() {
	file := strings.NewReader("age,pressure,diagnosis\n52,130,sick\n31,high,well\n")
	_, err := data.ReadCSV(file, data.CSV{Source: "patients.csv"})
	fmt.Println(err)
	fmt.Println(errors.Is(err, data.ErrNumber))
	// Output:
	// patients.csv:3:4: "high" in column "pressure": the column began with a number: set CSV.Types if it is text, CSV.Marks if this means a missing value: not a number
	// true
}

// A file that is no CSV as expected is recognised before anything is learned from it.
func ExampleReadCSV_format() {
	file := strings.NewReader("length;width;species\n5,1;3,5;setosa\n7,0;3,2;versicolor\n")
	_, err := data.ReadCSV(file, data.CSV{Source: "iris.csv"})
	fmt.Println(err)
	fmt.Println(errors.Is(err, data.ErrFormat))
	// Output:
	// iris.csv: fields stand between ";", with decimal commas: set CSV.DecimalComma, and CSV.Comma to ";": not CSV as expected
	// true
}

// Without a header columns are known by their positions.
func ExampleAt() {
	file := strings.NewReader("842302;M;17.99;10.38\n842517;B;20.57;17.77\n")
	d, err := data.ReadCSV(file, data.CSV{
		Comma: ';',
		Label: data.At(1),
		Drop:  []data.Column{data.At(0)},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.X, d.Y, d.Classes)
	// Output: [17.99 10.38 20.57 17.77] [1 0] [B M]
}

// Missing values are filled with the means of the training rows.
func ExampleFitImputer() {
	file := strings.NewReader("a,b,y\n1,10,g\n3,NA,h\n,30,h\n")
	train, err := data.ReadCSV(file, data.CSV{Missing: data.KeepMissing})
	if err != nil {
		log.Fatal(err)
	}
	imputer, err := data.FitImputer(train)
	if err != nil {
		log.Fatal(err)
	}
	if train, err = imputer.Transform(train); err != nil {
		log.Fatal(err)
	}
	fmt.Println(train.X)
	// Output: [1 10 3 20 2 30]
}

func ExampleFitScaler() {
	train, err := data.New([][]float64{{0, 0}, {0, 0}, {1, 1}, {1, 1}}, nil, data.DetectTask)
	if err != nil {
		log.Fatal(err)
	}
	scaler, err := data.FitScaler(train)
	if err != nil {
		log.Fatal(err)
	}
	row := []float64{2, 2}
	if err := scaler.Standardize(row, row); err != nil {
		log.Fatal(err)
	}
	fmt.Println(scaler.Mean, scaler.Scale, row)
	// Output: [0.5 0.5] [0.5 0.5] [3 3]
}

func ExampleDataset_Split() {
	train, test, err := data.Iris().Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	inTrain, _ := train.ClassCounts()
	inTest, _ := test.ClassCounts()
	fmt.Println(inTrain, inTest)
	// Output: [40 40 40] [10 10 10]
}

// The document's dataset[:, :10].
func ExampleDataset_First() {
	d, err := data.BreastCancer().First(10)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(d.Features), d.Features[9])
	// Output: 10 mean_fractal_dimension
}

func ExampleBatches_Epoch() {
	batches, err := data.Iris().Batches(64, 1)
	if err != nil {
		log.Fatal(err)
	}
	for k, rows := range batches.Epoch(0) {
		fmt.Println(k, len(rows))
	}
	// Output:
	// 0 64
	// 1 64
	// 2 22
}

func ExampleOneHot() {
	hot, err := data.OneHot([]float64{2, 0}, 3)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(hot)
	// Output: [0 0 1 1 0 0]
}

func ExampleMoons() {
	d, err := data.Moons(200, 0.2, 1)
	if err != nil {
		log.Fatal(err)
	}
	counts, _ := d.ClassCounts()
	fmt.Println(d.Rows(), d.Classes, counts)
	// Output: 200 [outer inner] [100 100]
}

func ExampleBlobs() {
	d, err := data.Blobs(100, data.Centers(3, 2, 1), 1, 1)
	if err != nil {
		log.Fatal(err)
	}
	counts, _ := d.ClassCounts()
	fmt.Println(d.Rows(), d.Classes, counts)
	// Output: 100 [0 1 2] [34 33 33]
}
