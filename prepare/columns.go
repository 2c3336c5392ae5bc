package prepare

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"adjoint/data"
)

// The sentinels that errors of this package wrap, besides those of package data.
var (
	ErrStep    = errors.New("step does not fit the column")   // such as the mean of a text
	ErrUnknown = errors.New("text not seen in training")      // with Unknown: Refuse
	ErrCorrupt = errors.New("preparer contradicts itself")    // in a file
	ErrDate    = errors.New("not a date of the given layout") // of Dates
)

// Columns says how the columns of a table are prepared.
type Columns struct {
	Groups  []Group // columns with steps of their own
	Numbers []Step  // of all other columns of numbers; nil is Impute{}
	Texts   []Step  // of all other columns of text; nil is OneHot{}
}

// A Group is columns that are prepared by the same steps.
type Group struct {
	Columns []string
	Steps   []Step
}

// A Step is Impute, Standardize, MinMax, Bins, OneHot, Ordinal, Frequency or Dates.
type Step interface {
	String() string

	// fit returns the columns that the step makes of one.
	fit(c *column) ([]*column, error)
}

// Fit learns from the training rows d what the steps need. It goes through them once; where they have more than 2²⁴ numbers, once
// for as many columns as have so many, and for one at least. The error wraps ErrStep where a step does not fit its column,
// data.ErrColumn for a column that is not there or in two groups, and data.ErrMissing for gaps that no step fills.
func (c *Columns) Fit(d *data.Dataset) (*Preparer, error) {
	if err := d.CheckNames(); err != nil {
		return nil, err
	}
	if err := d.CheckRaw(); err != nil {
		return nil, err
	}
	steps, err := c.steps(d)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	p := &Preparer{columns: c.clone(), types: d.Types(), guessed: make([]bool, len(d.Features)), inputs: slices.Clone(d.Features)}
	copy(p.guessed, d.Guessed)
	var hot []Output
	err = eachColumn(d, atOnce, func(j int, c *column) error {
		made, err := fitColumn(c, steps[j])
		if err != nil {
			return fmt.Errorf("prepare: column %.60q: %w", d.Features[j], err)
		}
		for _, q := range made {
			if q.is == complete && q.Levels != nil {
				hot = append(hot, q.Output)
			} else {
				p.outputs = append(p.outputs, q.Output)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.outputs = append(p.outputs, hot...)
	if len(p.outputs) == 0 {
		return nil, fmt.Errorf("prepare: no column is left: %w", ErrStep)
	}
	return p, p.check()
}

// fitColumn applies the steps to a column.
func fitColumn(c *column, steps []Step) ([]*column, error) {
	list := []*column{c}
	for _, s := range steps {
		var next []*column
		for _, q := range list {
			if q.is == complete {
				next = append(next, q)
				continue
			}
			made, err := s.fit(q)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", s, err)
			}
			next = append(next, made...)
		}
		list = next
	}
	for _, q := range list {
		switch {
		case q.is == text:
			return nil, fmt.Errorf("text that no step encodes: %w", ErrStep)
		case q.missing() > 0:
			return nil, fmt.Errorf("%d of %d values are missing, add an Impute: %w", q.missing(), len(q.values), data.ErrMissing)
		}
	}
	return list, nil
}

// steps returns the steps of each column.
func (c *Columns) steps(d *data.Dataset) ([][]Step, error) {
	list := make([][]Step, len(d.Features))
	for j, is := range d.Types() {
		if list[j] = c.numbers(); is == data.TextType {
			list[j] = c.texts()
		}
	}
	taken := map[string]bool{}
	for _, g := range c.Groups {
		for _, name := range g.Columns {
			j := slices.Index(d.Features, name)
			if j < 0 {
				return nil, fmt.Errorf("%.60q is not among the columns of %s: %w", name, d.Source, data.ErrColumn)
			}
			if taken[name] {
				return nil, fmt.Errorf("%.60q is in two groups: %w", name, data.ErrColumn)
			}
			taken[name], list[j] = true, g.Steps
		}
	}
	for j, steps := range list {
		if slices.Contains(steps, nil) {
			return nil, fmt.Errorf("column %.60q has a nil step: %w", d.Features[j], ErrStep)
		}
	}
	return list, nil
}

// String says what is done with which columns: "age: Impute by median; other numbers: Impute by mean; other text: OneHot".
func (c *Columns) String() string {
	var b strings.Builder
	add := func(columns string, steps []Step) {
		var names []string
		for _, s := range steps {
			names = append(names, fmt.Sprint(s))
		}
		if len(names) == 0 {
			names = []string{"as they are"}
		}
		fmt.Fprintf(&b, "%s: %s; ", columns, strings.Join(names, ", "))
	}
	for _, g := range c.Groups {
		add(strings.Join(g.Columns, ", "), g.Steps)
	}
	add("other numbers", c.numbers())
	add("other text", c.texts())
	return strings.TrimSuffix(b.String(), "; ")
}

func (c *Columns) numbers() []Step {
	if c.Numbers == nil {
		return []Step{Impute{}}
	}
	return c.Numbers
}

func (c *Columns) texts() []Step {
	if c.Texts == nil {
		return []Step{OneHot{}}
	}
	return c.Texts
}

func (c *Columns) clone() Columns {
	k := Columns{Numbers: slices.Clone(c.Numbers), Texts: slices.Clone(c.Texts)}
	for _, g := range c.Groups {
		k.Groups = append(k.Groups, Group{slices.Clone(g.Columns), slices.Clone(g.Steps)})
	}
	return k
}
