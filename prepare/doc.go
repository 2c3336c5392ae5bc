// Package prepare makes of the columns of a table, numbers with gaps and texts, the numbers that a model takes. It is
// what a ColumnTransformer of pipelines is in scikit-learn:
//
//	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: &prepare.Columns{
//		Groups: []prepare.Group{
//			{Columns: []string{"age"}, Steps: []prepare.Step{prepare.Impute{By: prepare.Median, Indicator: true}, prepare.Standardize{}}},
//			{Columns: []string{"port"}, Steps: []prepare.Step{prepare.OneHot{MinCount: 10}}},
//		},
//	}}
//	history, err := m.Fit(ctx, train, models.FitOptions{})
//
// A [Columns] says which columns are treated how; its zero value fills gaps of numbers by their means, and encodes
// text one-hot. [Columns.Fit] learns from training rows, and from these only, what it needs: means, texts, bins. What it
// returns, a [Preparer], is part of a model that has Columns: in its file, its server and its ONNX file.
//
//	scikit-learn                                 here
//	ColumnTransformer, Pipeline                  Columns, Group
//	remainder="passthrough"                      an empty list of steps, []Step{}
//	SimpleImputer(strategy, add_indicator=True)  Impute{By, Indicator: true}
//	StandardScaler, MinMaxScaler                 Standardize, MinMax
//	OneHotEncoder(handle_unknown="ignore")       OneHot{}
//	min_frequency=10, max_categories=20          OneHot{MinCount: 10, Most: 20}
//	handle_unknown="infrequent_if_exist"         OneHot{Unknown: AsRare}
//	handle_unknown="error"                       OneHot{Unknown: Refuse}
//	OrdinalEncoder(unknown_value=-1)             Ordinal{}
//	KBinsDiscretizer(5, strategy="quantile")     Bins{Count: 5}, and OneHot{} or nothing after it
//	(of pandas) Series.dt.month, …               Dates{}
//
// Steps act on each column by itself, one after the other. Columns that they make of one, such as the parts of a date,
// are each treated by the next step. An indicator and a one-hot column are complete: no later step changes them.
//
// # Prepared rows
//
// Prepared columns of numbers come first, then those that are one-hot, both in the order of the table. A one-hot column
// stays one column of X, a position among its Levels. A model looks the weights of it up, and never multiplies by
// zeros; [data.Dataset.Dense] writes the zeros out, for other programs.
package prepare
