package report

import (
	"cmp"
	"fmt"
	"strings"

	"adjoint/models"
	"adjoint/optim"
)

// An Option is a setting and its value, as text.
type Option struct{ Name, Value string }

// modelOptions returns the options of a model, except for its layers.
func modelOptions(m models.Model) []Option {
	list := func(p models.Penalty, lambda float64, standardize, float32 bool, seed uint64) []Option {
		penalty, bits := "none", "float64"
		if p != models.NoPenalty {
			penalty = fmt.Sprintf("%v, λ = %g", p, lambda)
		}
		if float32 {
			bits = "float32"
		}
		return []Option{{"Penalty", penalty}, {"Standardised", yes(standardize)}, {"Numbers", bits}, {"Seed", fmt.Sprint(seed)}}
	}
	switch m := m.(type) {
	case *models.Deep:
		return list(m.Penalty, m.Lambda, m.Standardize, m.Float32, m.Seed)
	case *models.Logistic:
		solver := map[models.Solver]string{models.LBFGS: "L-BFGS", models.Descent: "descent"}[m.Solver]
		return append([]Option{{"Solver", solver}}, list(m.Penalty, m.Lambda, m.Standardize, m.Float32, m.Seed)...)
	}
	return nil
}

// OptionsOf returns the options of a training as text, for Fit.Options. Options that are
// not set are left out, or have their default:
//
//	fit.Options = append(fit.Options, report.OptionsOf(o)...)
func OptionsOf(o models.FitOptions) (list []Option) {
	add := func(is bool, name, format string, values ...any) {
		if is {
			list = append(list, Option{name, fmt.Sprintf(format, values...)})
		}
	}
	if o.Rule == nil {
		o.Rule = optim.Adam{Rate: 0.001}
	}
	batch := fmt.Sprint(cmp.Or(o.Batch, 32))
	if o.FullBatch {
		batch = "all rows"
	}
	rule := fmt.Sprintf("%T", o.Rule)
	add(true, "Rule", "%s, rate %g", rule[strings.LastIndex(rule, ".")+1:], o.Rule.LearningRate())
	add(o.Schedule != nil, "Schedule", "of the rate")
	add(true, "Batch", "%s", batch)
	add(o.NoShuffle, "Order", "that of the rows")
	add(true, "Epochs, at most", "%d", cmp.Or(o.Epochs, 100))
	add(o.Clip.Norm != 0, "Gradient norm, at most", "%g", o.Clip.Norm)
	add(o.Clip.Value != 0, "Gradient entries, at most", "%g", o.Clip.Value)
	add(o.ValidationSplit != 0, "Validation", "%g of the training rows", o.ValidationSplit)
	if o.Validation != nil {
		add(true, "Validation", "%d other rows", o.Validation.Rows())
	}
	add(o.SampleWeights != nil, "Rows weighted", "yes")
	add(o.ClassWeights != nil, "Weights of classes", "%v", o.ClassWeights)
	return list
}
