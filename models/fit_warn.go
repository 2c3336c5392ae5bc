package models

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"adjoint/data"
	"adjoint/internal/numeral"
)

// missingClasses returns the names of the classes that some rows of a have and none of b,
// which has the same classes.
func missingClasses(a, b *data.Dataset) (names []string) {
	if a.Classes == nil || !slices.Equal(a.Classes, b.Classes) {
		return nil
	}
	occurs := make([]bool, len(a.Classes))
	for _, y := range b.Y {
		occurs[int(y)] = true
	}
	for _, y := range a.Y {
		if c := int(y); !occurs[c] {
			occurs[c] = true
			names = append(names, strconv.Quote(a.Classes[c]))
		}
	}
	return names
}

// missingClassesWarning warns of validation rows without a class that is learned.
func missingClassesWarning(train, validation *data.Dataset) string {
	if names := missingClasses(train, validation); names != nil {
		return fmt.Sprintf("no validation row is of class %s, so what is said of validation is not about it: validate with rows of all classes, as Dataset.Split with Stratify gives them",
			strings.Join(names, ", "))
	}
	return ""
}

// numericClassesWarning warns of three or more classes whose names are numbers far apart.
func numericClassesWarning(classes []string) string {
	if len(classes) < 3 {
		return ""
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, name := range classes {
		v, err := numeral.Parse(name)
		if err != nil {
			return ""
		}
		least, most = min(least, v), max(most, v)
	}
	if most-least < 10*float64(len(classes)) {
		return ""
	}
	return fmt.Sprintf("the %d classes are numbers from %g to %g: if they are quantities, read them with Task: data.Regression", len(classes), least, most)
}

// warn adds warnings that are not empty to the history.
func (t *Training) warn(warnings ...string) {
	for _, w := range warnings {
		if w != "" {
			t.history.Warnings = append(t.history.Warnings, w)
		}
	}
}
