package data

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// texts reads a column of text: each text is its position among those met so far.
type texts struct {
	is      Type // DetectType before the first value
	guessed bool
	*dictionary
}

// A dictionary numbers texts as they are met.
type dictionary struct {
	at    map[string]int
	names []string
}

// add returns the position of a text, of which there may be so many.
func (t *texts) add(text []byte, most int) (float64, error) {
	if t.dictionary == nil {
		t.dictionary = &dictionary{at: map[string]int{}}
	}
	at, ok := t.at[string(text)]
	if ok {
		return float64(at), nil
	}
	if len(t.names) == most {
		return 0, fmt.Errorf("more than %d different texts in a column (see CSV.Drop and CSV.Limits): %w", most, ErrLimit)
	}
	at = len(t.names)
	name := string(text)
	t.at[name], t.names = at, append(t.names, name)
	return float64(at), nil
}

// setTypes sets the types of features that CSV.Types names.
func (t *table) setTypes() error {
	for name, is := range t.Types {
		if _, err := findName(t.d.Features, name); err != nil {
			return err
		}
		if is < DetectType || is > TextType {
			return fmt.Errorf("%v of %s: %w", is, quote(name), ErrArgument)
		}
	}
	t.texts = make([]texts, len(t.d.Features))
	for k, name := range t.d.Features {
		t.texts[k].is = t.Types[name]
		t.d.Guessed = append(t.d.Guessed, t.Types[name] == DetectType)
	}
	if !slices.Contains(t.d.Guessed, true) {
		t.d.Guessed = nil
	}
	return nil
}

// sortTexts gives the data set the texts of its columns in the order of their bytes, so that they do not depend on the
// order of the rows. It returns an error if a column that was guessed to be text has more numbers than words.
func (t *table) sortTexts() error {
	t.positions = make([][]float64, len(t.features))
	for k, c := range t.texts {
		if c.is != TextType {
			continue
		}
		if c.dictionary == nil { // the column was said to be text, and has no value
			c.dictionary = new(dictionary)
		}
		if err := c.mostlyText(); err != nil {
			return fmt.Errorf("%s: column %s: %w", t.Source, quote(t.d.Features[k]), err)
		}
		if t.d.Levels == nil {
			t.d.Levels = make([][]string, len(t.features))
		}
		order := ascending(make([]int, len(c.names)))
		slices.SortFunc(order, func(a, b int) int { return strings.Compare(c.names[a], c.names[b]) })
		position := make([]float64, len(order))
		for at, i := range order {
			position[i] = float64(at)
		}
		t.d.Levels[k] = pick(append([]string{}, c.names...), order)
		t.positions[k] = position
	}
	return nil
}

// reorder replaces positions in columns of text by others.
func (d *Dataset) reorder(positions [][]float64) {
	n := len(d.Features)
	for k, of := range positions {
		if of == nil {
			continue
		}
		for i := range d.Rows() {
			if x := &d.X[i*n+k]; !math.IsNaN(*x) {
				*x = of[int(*x)]
			}
		}
	}
}

// mostlyText returns an error if a column was guessed to be text, and more of its texts are numbers than are not.
func (t *texts) mostlyText() error {
	if !t.guessed {
		return nil
	}
	numbers, word := 0, ""
	for _, name := range t.names {
		if _, err := parse([]byte(name)); err == nil {
			numbers++
		} else {
			word = name
		}
	}
	if 2*numbers > len(t.names) {
		return fmt.Errorf("%d of %d different values are numbers, %s is not: set CSV.Types if the column is text, CSV.Marks if this means a missing value: %w",
			numbers, len(t.names), quote(word), ErrNumber)
	}
	return nil
}
