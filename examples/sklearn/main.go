// Sklearn is the document's listing 1.3: logistic regression by L-BFGS, as
// scikit-learn's LogisticRegression() fits it, with the first ten features.
package main

import (
	"context"
	"flag"
	"fmt"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/models"
)

func main() {
	set := example.Flags(10)
	seed := flag.Uint64("seed", 1, "the seed of the split")
	flag.Parse()
	train, test, err := set.Load().Split(data.SplitOptions{Test: 0.2, Seed: *seed})
	example.Check(err)

	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
	history, err := m.Fit(context.Background(), train, models.FitOptions{})
	example.Check(err)
	fmt.Printf("converged %v after %d iterations, cost %.10f, gradient norm %.1e\n",
		history.Converged, history.Iterations, history.Costs[0], history.GradientNorm)

	fmt.Printf("The accuracy on the training set: %v.\n", example.Must(m.Evaluate(train)).Accuracy)
	accuracy := example.Must(m.Evaluate(test)).Accuracy
	fmt.Printf("The accuracy on the test set: %v.\n", accuracy)
	fmt.Printf("held-out accuracy %.4f\n", accuracy)
}
