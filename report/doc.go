// Package report shows a training: as one HTML page with everything in it, and as
// a sketch of the loss for a terminal.
//
//	o := models.FitOptions{ValidationSplit: 0.2}
//	history, err := m.Fit(ctx, train, o)
//	fit, err := report.Of(m, history, test)
//	fit.Title = "Breast cancer, 10-32-8-1"
//	fit.Options = report.OptionsOf(m, o)
//	err = report.Write(file, fit)
//
// The page needs no network, no script and no other file; it is readable on a
// telephone and on paper. The same Fit gives the same bytes.
package report
