// Package progress shows how a training goes on: as a bar where somebody is
// looking, as a line an epoch where the output goes to a file.
//
//	options := models.FitOptions{Epochs: 150, Progress: progress.Bar(os.Stderr)}
//	history, err := m.Fit(ctx, train, options)
//
// It is a package of its own so that those who show nothing, or something else,
// do not depend on what draws the bar. Leave FitOptions.Progress nil for silence.
package progress
