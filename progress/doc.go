// Package progress shows the progress of a training: as a bar on a terminal, and as a
// line for each epoch elsewhere.
//
//	options := models.FitOptions{Epochs: 150, Progress: progress.Bar(os.Stderr)}
//	history, err := m.Fit(ctx, train, options)
//
// It is a separate package so that programs without a bar do not depend on the library
// that draws it. If FitOptions.Progress is nil, nothing is shown.
package progress
