// Package data prepares examples for a model. It reads CSV files, and splits,
// standardises, encodes and batches their rows. It contains four well-known data sets,
// and makes artificial ones.
//
// The way from a file to a model is
//
//	d, err := data.Open("patients.csv", data.CSV{Label: data.Name("diagnosis")})
//	train, test, err := d.Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
//	scaler, err := data.FitScaler(train) // the training rows only
//	train, err = scaler.Transform(train)
//	test, err = scaler.Transform(test)
//	batches, err := train.Batches(32, 1)
//	for k, rows := range batches.Epoch(0) { … }
//
// A [Dataset] is a table of examples, one a row, as in a CSV file, in scikit-learn and in Keras.
// In the graphs of this module examples are columns. Rows become columns in one place, where a
// batch is gathered: [Dataset.Gather] writes n features of N examples as an n×N matrix into a
// buffer that the caller owns.
//
//	          data                          graph
//	x         Dataset.X, N×n, row-major     n×N, row-major
//	y         Dataset.Y, N                  1×N, or k×N one-hot
//
// A graph is fed without a copy in between:
//
//	err = p.FeedBy(x, len(rows), func(v *tensor.Dense) error { return train.Gather(v.Float64s(), rows) })
//	err = p.FeedBy(y, len(rows), func(v *tensor.Dense) error { return train.GatherOneHot(v.Float64s(), rows) })
//
// # Classes
//
// The name of a class is the text in the file. Texts that are equal numbers, such as 1 and 1.0, are
// one class. Classes are sorted, by value if all are numbers and by text otherwise, and Y holds the
// position of a class in that order, as in scikit-learn's LabelEncoder. A [Dataset] without Classes
// is for regression: its Y are numbers.
//
// Names are UTF-8, and no two features and no two classes have the same name. This holds for every
// Dataset made by this package; [Dataset.CheckNames] checks it for others.
//
// # Text and gaps
//
// A column is text if its first value is no number: X holds the positions of its texts, which Levels
// has. [KeepMissing] puts NaN where a value is missing. Package prepare makes numbers of both, as part
// of a model. [Dataset.Describe] says what was read, and CSV.Types what it should be.
//
// # Files
//
// The format of tables is CSV in UTF-8, which may be compressed by gzip. Other encodings, archives,
// spreadsheets, JSON, HTML, other delimiters, decimal commas and the like are recognised; unless [CSV] says
// that they are there they are refused, and the error says what the file is and what to do. [Limits] bounds the memory of the reader: beside the data set itself it
// takes a few times the largest row.
//
// Pictures are folders of PNG and JPEG, by [OpenImages], the files of MNIST, by [OpenIDX], or arrays of NumPy, by [ReadNPZ].
// [Dataset.Shape] says that features are pixels, and [Augment] changes them in training.
//
// # Errors
//
// Bad input does not panic. An error names the place, as file:line:column or as a row and a column of
// the data set, and the text there. It wraps one of the sentinels below, for [errors.Is]. Only
// [Dataset.Row] returns no error: an index out of range panics, as for a slice.
//
// # Randomness
//
// Random functions take a seed, and the same seed gives the same result in every version of this
// package. The source is math/rand/v2's PCG (PCG-DXSM), seeded with the two words
// (seed, p·2⁵⁶ + e), where p is 1 for splits, 2 for batches, 3 for
// the makers, 4 for [Centers], 7 for folds, 8 for windows and 9 for buckets, and e is the epoch
// of a batch and 0 elsewhere. What a training draws for an example, as for dropout, has the
// words (seed, h): from h = 6·2⁵⁶, first the step, then the number of the leaf, then the row
// are added to h, each followed by h := SplitMix64's finalizer of h. For [Augment] they are
// h = 11·2⁵⁶, the step and the row. From its 64-bit words w
//
//   - an index below n is ⌊w·n / 2⁶⁴⌋, words with (w·n mod 2⁶⁴) < (2⁶⁴ mod n) rejected (D. Lemire,
//     Fast Random Integer Generation in an Interval, 2019);
//   - a shuffle is Fisher and Yates's: for i = n−1, …, 1 swap i with an index below i+1;
//   - a uniform number is ⌊w / 2¹¹⌋·2⁻⁵³, in [0, 1), or ⌊w / 2⁴⁰⌋·2⁻²⁴ in float32;
//   - a normal number is √(−2 ln(1−u))·cos 2πv of two uniform ones, u before v (Box and Muller).
//
// Splits and batches are therefore the same on every machine; the makers' numbers may differ
// between processors in the last bit, as those of [math.Log] and [math.Cos] do.
package data
