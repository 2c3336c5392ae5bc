package report_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
	"adjoint/report"
)

// A page about a training.
func Example() {
	train, test, err := data.Iris().Split(data.SplitOptions{Seed: 1, Stratify: true})
	if err != nil {
		log.Fatal(err)
	}
	m := &models.Logistic{}
	history, err := m.Fit(context.Background(), train, models.FitOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fit, err := report.Of(m, history, test)
	if err != nil {
		log.Fatal(err)
	}
	fit.Title = "Three species of iris"
	var page bytes.Buffer // or a file
	if err := report.Write(&page, fit); err != nil {
		log.Fatal(err)
	}
	fmt.Println(bytes.Contains(page.Bytes(), []byte("<h1>Three species of iris</h1>")))
	// Output: true
}

// Every option of a training, by name.
func ExampleOptionsOf() {
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 1, Activation: models.Sigmoid}}, Standardize: true}
	o := models.FitOptions{Epochs: 150, Rule: optim.SGD{Rate: 0.1, Momentum: 0.9}, ValidationSplit: 0.2}
	for _, option := range report.OptionsOf(m, o) {
		fmt.Printf("%-15s %s\n", option.Name, option.Value)
	}
	// Output:
	// Loss            that of the last layer
	// Penalty         none
	// Standardised    yes
	// Numbers         float64
	// Seed            0
	// Rule            SGD, rate 0.1, Momentum 0.9
	// Batch           32
	// Epochs, at most 150
	// Validation      0.2 of the training rows
}

// The loss halves with each epoch.
func ExampleSketch() {
	h := &models.History{}
	for n := 1; n <= 16; n++ {
		h.Epochs = append(h.Epochs, models.Epoch{Number: n, Loss: 1 / float64(int(1)<<n)})
	}
	fmt.Print(report.Sketch(h, 40, 7))
	// Output:
	//      0.5 ⢣
	//          ⠈⡆
	//           ⠸⡀
	//            ⠑⡄
	//             ⠈⠢⣀
	// 1.53e-05       ⠑⠢⠤⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
	//          1                            16
}
