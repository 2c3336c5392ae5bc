// The files of this package by the first word of their names:
//
//	formula.go   what the nodes of a graph are to a model: roles, kinds, and what these need
//	model.go     what any fitted model does: predict, and say what it is
//	layer.go     layers, what makes their parameters, and activations
//	network.go   the formula that Deep builds of layers, with its loss and its penalty
//	logistic.go  the one that Logistic builds, and the search for its minimum
//	feed.go      what of a data set feeds a formula
//	fit.go       a training, its options, and what looks on
//	score.go     how good predictions are
//	file.go      models and trainings in files

// Package models trains logistic regression and networks of any number of layers,
// the models of the document Neural Networks. Its names are those of scikit-learn
// and Keras.
//
//	train, test, err := data.BreastCancer().Split(data.SplitOptions{Test: 0.2, Seed: 1})
//	m := &models.Deep{
//		Layers: []models.Layer{
//			models.Dense{Units: 32, Activation: models.ReLU},
//			models.Dense{Units: 8, Activation: models.ReLU},
//			models.Dense{Units: 1, Activation: models.Sigmoid},
//		},
//		Standardize: true,
//	}
//	history, err := m.Fit(ctx, train, models.FitOptions{Epochs: 150, ValidationSplit: 0.17})
//	scores, err := m.Evaluate(test)
//	fmt.Println(scores.Loss, scores.Accuracy)
//
// A model is a formula with data handling, a training loop and reports. The formula
// is a graph of φ, ψ, G and L nodes: ask the model for its [Formula]. Its gradient
// is graph.Gradient of that; there is no other.
//
// # Formulas of your own
//
// Any graph is a model, once [New] knows its [Roles]: which leaves are fed, what is predicted,
// what the loss is. Deep and Logistic build such formulas; what is said of Fit, Predict,
// files, servers and reports holds for all of them.
//
//	f, err := models.New(models.Roles{
//		Inputs: []*graph.Node{user, film}, Targets: []*graph.Node{liked, stars},
//		Outputs: []models.Output{{Name: "likes", P: p, Target: liked}, {Name: "gives", P: n, Target: stars}},
//		Loss:    ops.Add(ops.LogLoss(p, liked), ops.SquaredError(n, stars)),
//		Columns: map[string][]string{"film": {"length", "year"}},
//	})
//	history, err := f.Fit(ctx, train, models.FitOptions{Epochs: 50, ValidationSplit: 0.2})
//
// Inputs and targets are fed by columns of a data set, by its label or by other data sets of
// the same rows, as Roles.Columns says. A [Builder] makes parameters, and layers may be
// applied anywhere in a graph. Inputs may be sequences of any length: see Roles.Inputs. What a
// formula does otherwise in training is said in the graph: ops.Dropout, graph.Phase, and
// graph.State for what moves without a gradient.
//
// [CrossValidate] compares models, or one with itself on other rows.
//
// # Words
//
//	scikit-learn, Keras                     here
//	LogisticRegression()                    Logistic{Penalty: L2, Lambda: 1}; C is 1/λ
//	LogisticRegression(penalty="l1")        Logistic{Penalty: L1, Lambda: 2}; C is 2/λ
//	LogisticRegression(penalty=None)        Logistic{}
//	n_iter_, a ConvergenceWarning           History.Iterations, History.Converged
//	coef_, intercept_                       Logistic.Coefficients
//	StandardScaler in a Pipeline            Standardize: true
//	ColumnTransformer in a Pipeline         Prepare: &prepare.Columns{…}
//	TransformedTargetRegressor              the same, unless NoScaleTarget
//	classes_, feature_names_in_             Classes(), Features()
//	fit, predict, predict_proba, score      Fit, Predict, PredictProba, Evaluate
//	Sequential                              Deep
//	Model(inputs, outputs)                  New(Roles{Inputs, Targets, Outputs, Loss})
//	Dense(32, activation="relu")            Dense{Units: 32, Activation: ReLU}
//	Embedding(1000, 16)                     Embedding{InputDim: 1000, OutputDim: 16}
//	Dropout(0.2)                            Dropout{Rate: 0.2}
//	Lambda(f), a Layer of your own          Func("f", f), a Layer of your own
//	kernel_initializer="he_normal"          Init: HeNormal
//	kernel_regularizer                      Penalty: L1 or L2, with Lambda
//	compile(loss=…, optimizer=…)            Deep.Loss, FitOptions.Rule
//	y of shape (N, k)                       a data set "y" in Dataset.Beside
//	fit(batch_size=32, epochs=150)          FitOptions{Batch: 32, Epochs: 150}
//	validation_split, validation_data       ValidationSplit, Validation
//	sample_weight, class_weight             SampleWeights, ClassWeights
//	callbacks, EarlyStopping(patience=5)    Callbacks, &EarlyStopping{Patience: 5}
//	ReduceLROnPlateau                       &ReduceOnPlateau{}
//	gradient accumulation                   FitOptions.Parts
//	an average of the weights (EMA)         FitOptions.Average
//	metrics=[f]                             FitOptions.Metrics
//	cross_validate, GridSearchCV            CrossValidate
//	verbose=0, 1, 2                         Progress: nil, progress.Bar(os.Stdout), Lines(os.Stdout)
//	history.history["val_loss"]             History.Epochs[i].Validation.Loss
//	evaluate, summary                       Evaluate, Summary
//	model.save, load_model                  Save, Load
//
// The config of the document's listings is a [Config].
//
// # Shapes
//
// Examples are rows of a [data.Dataset], as in a CSV file, in scikit-learn and in
// Keras. In the graph they are columns: x is (n, N), and y is (1, N). If the last
// layer has an output for each of k classes, y is one-hot, (k, N). w is (m, n) and
// b is (m, 1). Rows become columns in one place, where a batch is gathered. Predict
// and PredictProba return rows.
//
// Several targets for each row are a data set beside it, by the name y, in the place of the
// label: d.Y is nil, and d.Beside["y"] has a column for each. See [Deep].
//
// # Defaults
//
// A field that is 0 has a default, and every default a source:
//
//	Deep and FitOptions     as Keras: batches of 32, shuffled; Adam, rate 0.001, β 0.9 and 0.999, ε 1e-7;
//	                        Glorot uniform. Except for 100 epochs, where Keras has 1, and He normal before
//	                        ReLU and similar activations, as the listing 3.3 asks for
//	Logistic, LBFGS         as scikit-learn, except for a tolerance of 1e-8, where it has 1e-4, and no penalty
//	Logistic, Descent       as the listing 1.2: the full batch, rate 0.1, 10 000 iterations, w ~ 0.01·N(0, 1)
//	Config                  as the listings 1.2 and 3.2: so, with λ = 0.01 and seed 1
//	Loss                    the one that fits the last layer: log-loss of σ, cross-entropy of softmax, both
//	                        from logits where the last layer is linear, squared error of a number
//	Scores                  as scikit-learn's metrics, 0/0 being 0
//
// # Units
//
// With Standardize the targets of a regression are scaled as features are, unless
// NoScaleTarget is set. [Deep] says for which networks. Such a network learns
// (y − mean)/scale. Its loss, its cost, λ and the δ of Huber's loss are in these
// units. Predictions, MSE, MAE and R2 are in the units of the data.
//
// LBFGS always searches along the weights of standardised features. So neither the
// units of the features nor their distance from 0 matter to it. The weights that it
// finds, and their penalty, are those of the features as they are given.
//
// # Penalties
//
// The cost is the mean loss plus λ/(2N)·Σ|w|ᵖ, p = 1 or 2, summed over all weights
// but not biases. N is the number of training rows, also in the cost of a batch. So
// the mean of the gradients of an epoch's batches, weighted by their sizes, is the
// gradient over all rows. Keras's l2(c) adds c·Σw²: its c is λ/(2N). L1 sets weights
// to exactly 0 in the cases that [Deep] names.
//
// # Randomness
//
// The initial weights, the batches and dropout are drawn from the model's Seed, by
// the generators that package data documents. What is dropped of an example depends on
// the step and the row of the example, not on its place in a batch. The same seed gives
// the same bits on any number of threads.
//
// # Goroutines
//
// Fit trains a new network, and makes it the model's own when it is done. So
// Predict and the like may run in any number of goroutines while Fit runs, and a Fit
// that fails leaves the model unchanged. Only Fit and Summary read the fields of a
// model: do not change them meanwhile. Two Fits may run at once; the model keeps the
// result of the last one to end.
package models
