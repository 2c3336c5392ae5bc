package data

import (
	"cmp"
	"fmt"
	"io"
)

// begin reads the header, if there is one, lays out the columns, and stops at the first example.
func (t *table) begin() error {
	switch err := t.next(); {
	case err == io.EOF:
		return fmt.Errorf("%s: %w", t.Source, ErrEmpty)
	case err != nil:
		return err
	}
	t.width = len(t.record)
	header := t.Header == HasHeader
	if t.Header == DetectHeader {
		var err error
		if header, err = t.detectHeader(); err != nil {
			return err
		}
	}
	if header {
		t.names = make([]string, t.width)
		for i, name := range t.record {
			t.names[i] = cmp.Or(name, defaultName(i))
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

// detectHeader is the rule of DetectHeader for the first record.
func (t *table) detectHeader() (bool, error) {
	numbers, text, from0, from1 := 0, false, true, true
	for _, field := range t.record {
		v, err := parse(field)
		switch {
		case err == nil:
			from0 = from0 && v == float64(numbers)
			from1 = from1 && v == float64(numbers+1)
			numbers++
		case field == "":
		case t.marks[field]:
			return false, nil
		default:
			text = true
		}
	}
	if from0 && numbers >= 2 || from1 && numbers >= 3 {
		return false, fmt.Errorf("%s:%d: the numbers in the first record only count, set CSV.Header: %w", t.Source, t.line(), ErrHeader)
	}
	return numbers == 0 && text, nil
}

// layOut finds the label and the features among the columns.
func (t *table) layOut() error {
	fail := func(what string, err error) error {
		return fmt.Errorf("%s:%d: %s: %w", t.Source, t.line(), what, err)
	}
	skip := make([]bool, t.width)
	for _, c := range t.Drop {
		i, err := c.find(t.names, t.width)
		if err != nil {
			return fail("drop", err)
		}
		skip[i] = true
	}
	if !t.NoLabel {
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
	for i, skipped := range skip {
		if !skipped {
			t.features = append(t.features, i)
		}
	}
	if len(t.features) == 0 {
		return fail(fmt.Sprintf("no feature among %d columns between %q", t.width, t.Comma), ErrColumn)
	}
	t.d.Features = Names(len(t.features))
	if t.names != nil {
		t.d.Features = pick(t.names, t.features)
	}
	return nil
}
