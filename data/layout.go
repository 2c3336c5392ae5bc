package data

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// begin reads the header, if there is one, finds the label and the features, and reads the record of the first example.
func (t *table) begin() error {
	switch err := t.next(); {
	case err == io.EOF:
		return fmt.Errorf("%s: %w", t.Source, ErrEmpty)
	case err != nil:
		return err
	}
	t.width = len(t.in.fields)
	header := t.Header == HasHeader
	if t.Header == DetectHeader {
		var err error
		if header, err = t.detectHeader(); err != nil {
			return err
		}
	}
	if header {
		t.names = make([]string, t.width)
		for i := range t.names {
			t.names[i] = cmp.Or(string(t.in.field(i)), defaultName(i))
		}
	}
	if err := t.layOut(); err != nil {
		return err
	}
	if !header {
		return nil
	}
	err := t.next()
	if err == io.EOF {
		return fmt.Errorf("%s: a header and nothing below it: %w", t.Source, ErrEmpty)
	}
	return err
}

// detectHeader reports whether the first record is a header, by the rule of DetectHeader.
func (t *table) detectHeader() (bool, error) {
	aside := t.aside()
	numbers, text, from0, from1 := 0, false, true, true
	for i := range t.width {
		field := t.in.field(i)
		v, err := parse(field)
		switch {
		case err == nil:
			from0 = from0 && v == float64(numbers)
			from1 = from1 && v == float64(numbers+1)
			numbers++
		case len(field) == 0:
		case t.marks.has(field):
			return false, nil
		default:
			text = text || !aside[i]
		}
	}
	if from0 && numbers >= 2 || from1 && numbers >= 3 {
		return false, fmt.Errorf("%s:%d: the numbers in the first record only count, set CSV.Header: %w", t.Source, t.in.first, ErrHeader)
	}
	return numbers == 0 && text, nil
}

// aside returns the columns that are known by position not to be features: those of Drop, and the label.
func (t *table) aside() []bool {
	aside := make([]bool, t.width)
	columns := slices.Concat(t.Drop, t.Labels)
	if t.Weight != (Column{}) {
		columns = append(columns, t.Weight)
	}
	if !t.NoLabel && t.Labels == nil {
		columns = append(columns, t.Label)
	}
	for _, c := range columns {
		if i, err := c.find(nil, t.width); err == nil {
			aside[i] = true
		}
	}
	return aside
}

// layOut finds the label and the features among the columns.
func (t *table) layOut() error {
	fail := func(what string, err error) error {
		return fmt.Errorf("%s:%d: %s: %w", t.Source, t.in.first, what, err)
	}
	skip := make([]bool, t.width)
	for _, c := range t.Drop {
		i, err := c.find(t.names, t.width)
		if err != nil {
			return fail("drop", err)
		}
		skip[i] = true
	}
	for _, c := range t.Labels {
		i, err := c.find(t.names, t.width)
		if err == nil && skip[i] {
			err = fmt.Errorf("column %d is dropped, or named twice: %w", i, ErrColumn)
		}
		if err != nil {
			return fail("labels", err)
		}
		skip[i], t.targets = true, append(t.targets, i)
	}
	if !t.NoLabel && t.Labels == nil {
		i, err := t.Label.find(t.names, t.width)
		if err != nil {
			return fail("label", err)
		}
		if skip[i] {
			return fail("label", fmt.Errorf("column %d is dropped: %w", i, ErrColumn))
		}
		skip[i] = true
		t.label = i
		t.d.Target = "y"
		if t.names != nil {
			t.d.Target = t.names[i]
		}
	}
	t.features = make([]int, 0, t.width)
	if t.Weight != (Column{}) {
		i, err := t.Weight.find(t.names, t.width)
		if err == nil && skip[i] {
			err = fmt.Errorf("column %d is dropped, or the label: %w", i, ErrColumn)
		}
		if err != nil {
			return fail("weight", err)
		}
		skip[i], t.weight = true, i
	}
	for i, skipped := range skip {
		if !skipped {
			t.features = append(t.features, i)
		}
	}
	if len(t.features) == 0 {
		return fail(fmt.Sprintf("no feature among %d columns between %q", t.width, t.Comma), ErrColumn)
	}
	if t.d.Features = Names(len(t.features)); t.names != nil {
		t.d.Features = pick(t.names, t.features)
		if err := checkNames("columns", slices.Concat(t.d.Features, t.targetNames(), []string{t.d.Target})); err != nil {
			return fail("header (see CSV.Drop)", err)
		}
	}
	if err := t.setTypes(); err != nil {
		return fail("types", err)
	}
	return nil
}

// targetNames returns the names of several targets.
func (t *table) targetNames() []string {
	if t.names != nil {
		return pick(t.names, t.targets)
	}
	names := make([]string, len(t.targets))
	for k := range names {
		names[k] = fmt.Sprint("y", k)
	}
	return names
}
