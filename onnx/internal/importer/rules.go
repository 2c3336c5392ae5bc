package importer

import (
	"cmp"
	"maps"
	"slices"
)

// rules are what operators become, by name; those of another domain than ONNX's own have it
// before the name.
var rules map[string]rule

func init() { // those of branches and loops read nodes, and so the table
	rules = map[string]rule{}
	for _, t := range []map[string]rule{
		arithmeticRules, logicRules, activationRules, reductionRules, shapeRules, indexRules, linearRules,
		constantRules, lossRules, normRules, convRules, resizeRules, recurrentRules, controlRules, learningRules, gridRules, signalRules,
	} {
		maps.Copy(rules, t)
	}
}

// A Support says whether an operator is read.
type Support struct {
	Name   string // with its domain before it, if that is not ONNX's own
	Read   bool
	Limits string // what of it is not read, or why it is not
}

// Supported is the table of operators.
func Supported() []Support {
	var list []Support
	for op := range rules {
		list = append(list, Support{op, true, limits[op]})
	}
	for op, reason := range refusals {
		list = append(list, Support{op, false, reason})
	}
	slices.SortFunc(list, func(a, b Support) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
