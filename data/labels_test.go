package data

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Labels that could be classes or numbers are not guessed.
func TestReadCSVRefusesToGuessTheTask(t *testing.T) {
	var numbers, names strings.Builder
	for i := range 30 {
		number := string(rune('0'+i/10)) + string(rune('0'+i%10))
		numbers.WriteString("1.5," + number + "\n")
		names.WriteString("1.5,patient " + number + "\n")
	}
	for _, text := range []string{numbers.String(), names.String()} {
		if _, err := read(text, CSV{}); !errors.Is(err, ErrLabel) || !strings.Contains(err.Error(), "30 different labels in 30 rows") {
			t.Errorf("30 different labels in 30 rows give %v, want ErrLabel", err)
		}
		d, err := read(text, CSV{Task: Classification})
		if err != nil || len(d.Classes) != 30 {
			t.Errorf("with the task set: %v", err)
		}
	}
	if d, err := read(numbers.String(), CSV{Task: Regression}); err != nil || d.Y[29] != 29 {
		t.Errorf("as a regression: %v", err)
	}
}

// Labels are classes up to 20, and beyond that if each has two rows on average.
func TestFewLabelsAreClasses(t *testing.T) {
	for _, c := range []struct {
		labels, rows int
		classes      bool
	}{{20, 20, true}, {21, 41, false}, {21, 42, true}, {40, 79, false}, {40, 80, true}} {
		for _, prefix := range []string{"", "patient "} {
			var text strings.Builder
			for i := range c.rows {
				fmt.Fprintf(&text, "1.5,%s%d\n", prefix, i%c.labels)
			}
			d, err := read(text.String(), CSV{})
			if (err == nil) != c.classes || c.classes && len(d.Classes) != c.labels || !c.classes && !errors.Is(err, ErrLabel) {
				t.Errorf("%d labels %q in %d rows: %v", c.labels, prefix, c.rows, err)
			}
		}
	}
}
