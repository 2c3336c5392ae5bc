// Package data brings examples to a model: it reads CSV files, splits,
// standardises, encodes and batches them, carries four well-known data sets, and makes
// artificial ones.
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
// In the graphs of this module examples are columns. They are turned once, where a batch is
// gathered: [Dataset.Gather] writes n features of N examples as an n×N matrix into a buffer that
// the caller owns.
//
//	          data                          graph
//	x         Dataset.X, N×n, row-major     n×N, row-major
//	y         Dataset.Y, N                  1×N, or k×N one-hot
//
// # Classes
//
// A class is a name: the text that the file has, to the letter, though equal numbers (1 and 1.0) are
// one class. Classes are sorted, by value if all are numbers and by text otherwise, and
// Y holds a class's position in that order, as scikit-learn's LabelEncoder has it.
// A [Dataset] without Classes is one of regression: its Y are numbers.
//
// Names are UTF-8, and no two features and no two classes have one name. What this package makes is
// so; of a Dataset that somebody else has made, [Dataset.CheckNames] says it.
//
// # Files
//
// What is read is CSV in UTF-8. Another encoding, a compressed file, a spreadsheet, JSON, a page of
// HTML, another delimiter, decimal commas and the like are recognised and refused, with what the file
// is and what to do. [Limits] bounds what a file can make a reader hold: beside the data set itself a
// few times its largest row.
//
// # Errors
//
// No bad input panics. An error names the place, as file:line:column or as a row and a column of
// the data set, and what stands there; it wraps one of the sentinels below, for [errors.Is].
// Only [Dataset.Row] and [Dataset.Rows] return none: an index beyond the end panics there as one
// beyond the end of a slice does.
//
// # Randomness
//
// What is random takes a seed, and the same seed gives the same result in every version of this
// package. The source is math/rand/v2's PCG (PCG-DXSM), seeded with the two words
// (seed, p·2⁵⁶ + e), where p is 1 for splits, 2 for batches, 3 for
// the makers and 4 for [Centers], and e is the epoch
// of a batch and 0 elsewhere. From its 64-bit words w
//
//   - an index below n is ⌊w·n / 2⁶⁴⌋, words with (w·n mod 2⁶⁴) < (2⁶⁴ mod n) rejected (D. Lemire,
//     Fast Random Integer Generation in an Interval, 2019);
//   - a shuffle is Fisher and Yates's: for i = n−1, …, 1 swap i with an index below i+1;
//   - a uniform number is ⌊w / 2¹¹⌋·2⁻⁵³, in [0, 1);
//   - a normal number is √(−2 ln(1−u))·cos 2πv of two uniform ones, u before v (Box and Muller).
//
// Splits and batches are therefore the same on every machine; the makers' numbers may differ
// between processors in the last bit, as those of [math.Log] and [math.Cos] do.
package data
