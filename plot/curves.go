package plot

import (
	"errors"
	"fmt"
	"math"

	"adjoint/models"

	"gonum.org/v1/plot/plotter"
)

// LearningCurves draws the loss of each epoch and, if there are scores, the
// accuracy beside it (R² for a regression): of the training rows and of the
// validation rows. It is LossCurve and ScoreCurve in one figure.
func LearningCurves(h *models.History) (*Figure, error) {
	f, err := LossCurve(h)
	if err != nil {
		return nil, err
	}
	score, err := ScoreCurve(h)
	if errors.Is(err, ErrEmpty) {
		return f, nil
	} else if err != nil {
		return nil, err
	}
	f.panels = append(f.panels, score.panels...)
	f.Title = "Learning curves"
	return f, nil
}

// LossCurve draws the cost of each epoch and the loss of the validation rows. The
// cost has the penalty in it, and is that of each batch before its step; the
// validation loss has not, and is that after the epoch. The epoch whose weights
// EarlyStopping restored is marked.
//
// It is ErrEmpty if h has no epochs, and ErrNotFinite if a loss is NaN or infinite,
// as after a training that diverged.
func LossCurve(h *models.History) (*Figure, error) {
	if h == nil || len(h.Epochs) == 0 {
		return nil, fmt.Errorf("plot: a History without epochs: %w", ErrEmpty)
	}
	f, err := overEpochs("Loss", true, h,
		func(e models.Epoch) (float64, bool) { return e.Loss, true },
		func(e models.Epoch) (float64, bool) {
			if e.Validation == nil {
				return 0, false
			}
			return e.Validation.Loss, true
		})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// ScoreCurve draws the accuracy after each epoch, or R² for a regression. It is
// ErrEmpty if nothing was scored: see TrainScores and Validation of
// models.FitOptions.
func ScoreCurve(h *models.History) (*Figure, error) {
	name := ""
	score := func(s *models.Scores) (float64, bool) {
		if s == nil {
			return 0, false
		}
		name = s.ScoreName()
		return s.Score(), true
	}
	if h != nil {
		for _, e := range h.Epochs {
			score(e.Train)
			score(e.Validation)
		}
	}
	switch name {
	case "":
		return nil, fmt.Errorf("plot: a History without scores: %w", ErrEmpty)
	case "accuracy":
		name = "Accuracy"
	}
	return overEpochs(name, false, h,
		func(e models.Epoch) (float64, bool) { return score(e.Train) },
		func(e models.Epoch) (float64, bool) { return score(e.Validation) })
}

// overEpochs draws what two functions say of each epoch, where they say anything.
// If it is a cost the axis begins at 0.
func overEpochs(name string, cost bool, h *models.History, train, validation func(models.Epoch) (float64, bool)) (*Figure, error) {
	p := canvas(name, "epoch", "")
	p.X.Tick.Marker = wholeTicks{}
	grid(p)
	low, high := math.Inf(1), math.Inf(-1)
	for i, of := range []func(models.Epoch) (float64, bool){train, validation} {
		var points plotter.XYs
		for _, e := range h.Epochs {
			v, ok := of(e)
			if !ok {
				continue
			}
			if err := finite(name+" of epoch", e.Number, v); err != nil {
				return nil, err
			}
			points = append(points, plotter.XY{X: float64(e.Number), Y: v})
			low, high = min(low, v), max(high, v)
		}
		if len(points) == 0 {
			continue
		}
		if err := line(p, i, []string{"training", "validation"}[i], thin(points)); err != nil {
			return nil, err
		}
	}
	if h.Best > 0 {
		if err := mark(p, float64(h.Best), low, high); err != nil {
			return nil, err
		}
	}
	if cost {
		p.Y.Min = min(0, p.Y.Min)
	}
	return figure(name+" of each epoch", p), nil
}

// mark draws an upright line at the best epoch.
func mark(p *panel, x, low, high float64) error {
	l, err := plotter.NewLine(plotter.XYs{{X: x, Y: low}, {X: x, Y: high}})
	if err != nil {
		return err
	}
	l.Color, l.Dashes = grey, dashes[2]
	p.Add(l)
	p.entry(fmt.Sprintf("best, epoch %g", x), l)
	return nil
}

// thin leaves so many points that no eye misses the others: the first, the last,
// and the lowest and highest of each of 400 stretches.
func thin(points plotter.XYs) plotter.XYs {
	const stretches = 400
	n := len(points)
	if n <= 2*stretches {
		return points
	}
	out := plotter.XYs{points[0]}
	for s := range stretches {
		part := points[s*n/stretches : (s+1)*n/stretches]
		low, high := 0, 0
		for i, p := range part {
			if p.Y < part[low].Y {
				low = i
			}
			if p.Y > part[high].Y {
				high = i
			}
		}
		out = append(out, part[min(low, high)])
		if low != high {
			out = append(out, part[max(low, high)])
		}
	}
	return append(out, points[n-1])
}
