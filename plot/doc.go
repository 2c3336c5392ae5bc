// Package plot draws figures of trainings and models: learning curves, the confusion
// matrix, ROC curves, the decision boundary of two features, and the weights of a layer
// as images; forecasts of a series in time; and of pictures contact sheets, those that
// were read wrong, filters, activations, and what of each pixel a class depends on.
//
//	history, err := m.Fit(ctx, train, models.FitOptions{ValidationSplit: 0.2})
//	f, err := plot.LearningCurves(history)
//	err = f.WriteSVG(file) // or WritePNG
//
// The same numbers give the same bytes. The colours are those of Okabe and Ito (2008),
// which people with a colour vision deficiency can distinguish. Lines also differ in
// their dashes, and points in their shapes.
//
// Figures are drawn by gonum/plot. Errors wrap one of the sentinels below.
package plot

import (
	"errors"

	"adjoint/data"
)

// The errors of this package wrap one of these.
var (
	ErrEmpty = errors.New("nothing to draw")
	ErrShape = errors.New("shapes do not agree")
	ErrSize  = errors.New("too much for a picture")

	ErrNotFinite = data.ErrNotFinite // NaN, ±Inf, or beyond ±10³⁰⁰
	ErrLength    = data.ErrLength    // as many targets as probabilities are needed
	ErrLabel     = data.ErrLabel     // not the position of a class
	ErrOneClass  = data.ErrOneClass  // nothing to tell apart
	ErrFeatures  = data.ErrFeatures  // a boundary has two
)
