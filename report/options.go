package report

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"adjoint/graph"
	"adjoint/models"
	"adjoint/optim"
)

// An Option is a setting and its value, as text.
type Option struct{ Name, Value string }

// options is a list of them.
type options []Option

func (l *options) add(is bool, name, format string, values ...any) {
	if is {
		*l = append(*l, Option{name, fmt.Sprintf(format, values...)})
	}
}

// OptionsOf says how the model m was trained with o, for Fit.Options: every option
// of both that had a part in it, once. What is not set has its default, or is left
// out if that is nothing. The layers of a network are in its Summary.
//
//	fit.Options = report.OptionsOf(m, o)
func OptionsOf(m models.Model, o models.FitOptions) []Option {
	list := modelOptions(m)
	if l, ok := m.(*models.Logistic); ok && l.Solver == models.LBFGS {
		list.ofRows(o) // of the rest it takes nothing
		return list
	} else if ok {
		o = ofDescent(o)
	}
	list.ofSteps(o)
	list.ofRows(o)
	list.add(o.TrainScores, "Training rows", "scored after each epoch")
	for _, m := range o.Metrics {
		list.add(true, "Metric", "%s", m.Name)
	}
	for _, c := range o.Callbacks {
		list.add(true, "Callback", "%s", named(c))
	}
	if o.Resume != nil {
		list.add(true, "Resumed", "after epoch %d", len(o.Resume.History().Epochs))
	}
	return list
}

// modelOptions returns the options of a model, except for its layers.
func modelOptions(m models.Model) options {
	var list options
	switch m := m.(type) {
	case *models.Deep:
		list.add(true, "Loss", "%s", cmp.Or(m.Loss.Name, "that of the last layer"))
		list.add(m.Prepare != nil, "Prepared", "%v", m.Prepare)
		list.common(m.Penalty, m.Lambda, m.Standardize, m.Float32, m.Seed)
		list.add(m.TargetScaler() != nil, "Targets", "standardised")
		list.add(m.NoScaleTarget, "Targets", "as they are")
	case *models.Logistic:
		list.ofSolver(m)
		list.add(m.Prepare != nil, "Prepared", "%v", m.Prepare)
		list.common(m.Penalty, m.Lambda, m.Standardize, m.Float32, m.Seed)
	case *models.Formula:
		list.ofFormula(m)
		list.add(m.Prepare != nil, "Prepared", "%v", m.Prepare)
	}
	return list
}

// ofFormula are the roles of a formula.
func (l *options) ofFormula(f *models.Formula) {
	names := func(nodes []*graph.Node) string {
		var list []string
		for _, n := range nodes {
			list = append(list, fmt.Sprintf("%s %v", n.Name(), n.Shape()))
		}
		return strings.Join(list, ", ")
	}
	l.add(true, "Inputs", "%s", names(f.Inputs))
	l.add(len(f.Targets) > 0, "Targets", "%s", names(f.Targets))
	for _, o := range f.Outputs {
		l.add(true, "Output", "%s %v", o.Name, o.P.Shape())
	}
	l.add(true, "Parameters", "%s", names(f.Params))
	l.add(len(f.States) > 0, "States", "%s", names(f.States))
	l.add(true, "Seed", "%d", f.Seed)
}

// common are the options of Deep and Logistic.
func (l *options) common(p models.Penalty, λ float64, standardize, float32 bool, seed uint64) {
	l.add(p == models.NoPenalty, "Penalty", "none")
	l.add(p != models.NoPenalty, "Penalty", "%v, λ = %g", p, λ)
	l.add(true, "Standardised", "%s", yes(standardize))
	l.add(!float32, "Numbers", "float64")
	l.add(float32, "Numbers", "float32")
	l.add(true, "Seed", "%d", seed)
}

// ofSolver are the options of logistic regression, with the defaults that
// models.Logistic states.
func (l *options) ofSolver(m *models.Logistic) {
	start := "0"
	switch {
	case m.Init != nil:
		start = "by a function"
	case m.Solver == models.Descent:
		start = "normal, of deviation 0.01"
	}
	switch {
	case m.Solver == models.Descent:
		l.add(true, "Solver", "descent")
	case m.Penalty == models.L1:
		l.add(true, "Solver", "FISTA")
	default:
		l.add(true, "Solver", "L-BFGS")
	}
	if m.Solver == models.LBFGS {
		tolerance := 1e-8
		if m.Float32 {
			tolerance = 1e-5
		}
		l.add(true, "Tolerance", "%g", cmp.Or(m.Tolerance, tolerance))
		l.add(true, "Iterations, at most", "%d", cmp.Or(m.MaxIterations, 10000))
	}
	l.add(true, "Weights begin", "%s", start)
}

// ofDescent puts in the defaults of models.Logistic by descent.
func ofDescent(o models.FitOptions) models.FitOptions {
	o.FullBatch = o.FullBatch || o.Batch == 0
	o.Epochs = cmp.Or(o.Epochs, 10000)
	if o.Rule == nil {
		o.Rule = optim.SGD{Rate: 0.1}
	}
	return o
}

// ofSteps are the options of the steps of a training.
func (l *options) ofSteps(o models.FitOptions) {
	if o.Rule == nil {
		o.Rule = optim.Adam{Rate: 0.001, Eps: 1e-7}
	}
	l.add(true, "Rule", "%s", rule(o.Rule))
	l.add(o.Schedule != nil, "Schedule", "of the rate")
	l.add(o.FullBatch, "Batch", "all rows")
	l.add(!o.FullBatch, "Batch", "%d", cmp.Or(o.Batch, 32))
	l.add(o.Parts != 0, "Parts of a batch", "%d", o.Parts)
	l.add(o.Average != 0, "Weights averaged", "%g", o.Average)
	if o.Augment != nil {
		l.add(true, "Examples changed", "%s", named(o.Augment))
	}
	l.add(o.NoShuffle, "Order", "that of the rows")
	l.add(o.Window > 0, "Shuffled within", "%d rows", o.Window)
	l.add(true, "Epochs, at most", "%d", cmp.Or(o.Epochs, 100))
	l.add(o.Clip.Norm != 0, "Gradient norm, at most", "%g", o.Clip.Norm)
	l.add(o.Clip.Value != 0, "Gradient entries, at most", "%g", o.Clip.Value)
}

// ofRows are the options that say which rows count, and how much.
func (l *options) ofRows(o models.FitOptions) {
	l.add(o.ValidationSplit != 0, "Validation", "%g of the training rows", o.ValidationSplit)
	if o.Validation != nil {
		l.add(true, "Validation", "%d other rows", o.Validation.Rows())
	}
	l.add(o.SampleWeights != nil, "Rows weighted", "yes")
	l.add(o.ClassWeights != nil, "Weights of classes", "%v", o.ClassWeights)
}

// rule says a rule's name, its rate, and what else of it is set.
func rule(r optim.Rule) string {
	text := fmt.Sprintf("%s, rate %g", short(r), r.LearningRate())
	for _, f := range settings(r) {
		if f.Name != "Rate" {
			text += fmt.Sprintf(", %s %s", f.Name, f.Value)
		}
	}
	return text
}

// named says the name of the type of v, and what of it is set.
func named(v any) string {
	text := short(v)
	for _, f := range settings(v) {
		text += fmt.Sprintf(", %s %s", f.Name, f.Value)
	}
	return text
}

// short is the name of the type of v, without its package.
func short(v any) string {
	name := fmt.Sprintf("%T", v)
	return name[strings.LastIndex(name, ".")+1:]
}

// settings are the exported fields of a struct, or of what a pointer points to,
// that are not zero. Of a function it is only said that it is set.
func settings(v any) (list []Option) {
	s := reflect.Indirect(reflect.ValueOf(v))
	if s.Kind() != reflect.Struct {
		return nil
	}
	for i := range s.NumField() {
		f := s.Type().Field(i)
		switch {
		case !f.IsExported() || s.Field(i).IsZero():
		case f.Type.Kind() == reflect.Func:
			list = append(list, Option{f.Name, "set"})
		default:
			list = append(list, Option{f.Name, fmt.Sprint(s.Field(i).Interface())})
		}
	}
	return list
}
