package data_test

import (
	"fmt"
	"log"

	"adjoint/data"
)

// Pictures in folders, to be changed at random in training.
func ExampleOpenImages() {
	d, err := data.OpenImages("testdata", data.Images{Height: 32, Width: 32, Labels: "testdata/pictures.csv"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.Rows(), "pictures of channels, rows and columns", d.Shape)
	fmt.Println(d.Classes)
	// Output:
	// 3 pictures of channels, rows and columns [3 32 32]
	// [JPEG PNG]
}

// What a training does to a digit, by numbers that are drawn for it: here a half, which is the middle of all there is.
func ExampleAugment() {
	d := data.Digits()
	a := data.Augment{Shift: 1, Rotate: 10}
	if err := a.Check(d); err != nil {
		log.Fatal(err)
	}
	changed := make([]float64, len(d.Features))
	a.Apply(d, changed, d.Row(0), func() float64 { return 0.5 })
	fmt.Println(changed[8:16])
	// Output: [0 0 13 15 10 15 5 0]
}
