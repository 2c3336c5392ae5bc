// Package grade marks a sheet of exercises: derivatives that students derive by
// hand, held against the automatic ones by optest.Gradient.
package grade

import (
	"fmt"
	"testing"
)

// A Section is a part of a sheet.
type Section struct {
	Title     string
	Exercises []Exercise
}

// An Exercise asks for one derivative. Mark calls the student's function and hands
// its answer to the Marker.
type Exercise struct {
	Name   string
	Points int
	Mark   func(m *Marker)
}

// Run marks a sheet, a subtest for each exercise. One that is untouched skips, one
// that is wrong fails with a hint. In the end it prints the points, and writes the
// Report to the file that the environment variable GRADES names, if it is set.
func Run(t *testing.T, sheet []Section) {
	var r Report
	for _, s := range sheet {
		t.Run(s.Title, func(t *testing.T) {
			for _, e := range s.Exercises {
				t.Run(e.Name, func(t *testing.T) {
					result := mark(s.Title, e)
					r.add(result)
					switch result.Status {
					case Untouched:
						t.Skipf("0 of %d points: untouched", e.Points)
					case Wrong:
						t.Errorf("0 of %d points\n%s", e.Points, result.Hint)
					}
				})
			}
		})
	}
	fmt.Print(r)
	if err := r.write(); err != nil {
		t.Error(err)
	}
}

// mark runs an exercise. A panic of the student's function is a wrong answer.
func mark(section string, e Exercise) (result Result) {
	m := newMarker()
	result = Result{Section: section, Exercise: e.Name, Of: e.Points}
	defer func() {
		if p := recover(); p != nil {
			result.Points, result.Status, result.Hint = 0, Wrong, fmt.Sprintf("The function panics: %v.", p)
		}
	}()
	e.Mark(m)
	result.Status, result.Hint = m.verdict()
	if result.Status == Right {
		result.Points = e.Points
	}
	return result
}
