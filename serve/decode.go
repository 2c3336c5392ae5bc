package serve

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// decode returns the rows in the body of a request, row-major, with a number for each
// feature. Its errors are of type *failure.
func decode(body []byte, features []string, maxRows int) ([]float64, error) {
	s, err := newScanner(body)
	if err != nil {
		return nil, err
	}
	d := &decoder{scanner: s, features: features, maxRows: maxRows}
	if err := d.request(); err != nil {
		return nil, err
	}
	return d.x, nil
}

// A decoder reads the rows of a request.
type decoder struct {
	*scanner
	features []string
	index    map[string]int // of features, made when first needed
	maxRows  int
	rows     int
	x        []float64
}

// request reads {"row": …} or {"rows": […]}.
func (d *decoder) request() error {
	const form = `want {"rows": [[…], …]} or {"row": […]}`
	if !d.bracket('{') {
		return fail(http.StatusBadRequest, "the body is %s; %s", d.kind(), form)
	}
	for field := ""; !d.bracket('}'); {
		name, read := d.name(), d.row
		switch {
		case name != "row" && name != "rows":
			return fail(http.StatusBadRequest, "unknown field %q; %s", clip(name), form)
		case field != "":
			return fail(http.StatusBadRequest, "fields %q and %q; %s", field, name, form)
		case name == "rows":
			read = d.list
		}
		if err := read(); err != nil {
			return err
		}
		field = name
	}
	if d.rows == 0 {
		return fail(http.StatusBadRequest, "no rows; %s", form)
	}
	return nil
}

// list reads the rows of a list.
func (d *decoder) list() error {
	if !d.bracket('[') {
		return fail(http.StatusBadRequest, `"rows" is %s; want a list of rows`, d.kind())
	}
	for !d.bracket(']') {
		if d.rows == d.maxRows {
			return fail(http.StatusRequestEntityTooLarge, "more than %d rows", d.maxRows)
		}
		if err := d.row(); err != nil {
			return err
		}
	}
	return nil
}

// row reads a row, which is a list or an object.
func (d *decoder) row() error {
	var err error
	switch {
	case d.bracket('['):
		err = d.numbers()
	case d.bracket('{'):
		err = d.named()
	default:
		err = unfit("row %d is %s; want a list of %d numbers", d.rows, d.kind(), len(d.features))
	}
	d.rows++
	return err
}

// numbers reads the rest of a row [5.1, …].
func (d *decoder) numbers() error {
	n := 0
	for ; !d.bracket(']'); n++ {
		if n >= len(d.features) {
			d.skip()
			continue
		}
		x, err := d.number(d.features[n])
		if err != nil {
			return err
		}
		d.x = append(d.x, x)
	}
	if n != len(d.features) {
		return unfit("row %d has %d features; want %d: %s", d.rows, n, len(d.features), quote(d.features))
	}
	return nil
}

// named reads the rest of a row {"sepal_length": 5.1, …}.
func (d *decoder) named() error {
	if d.index == nil {
		d.index = make(map[string]int, len(d.features))
		for k, name := range d.features {
			d.index[name] = k
		}
	}
	d.x = append(d.x, slices.Repeat([]float64{math.NaN()}, len(d.features))...)
	row := d.x[len(d.x)-len(d.features):] // NaN where nothing has come yet: no JSON number is NaN
	for !d.bracket('}') {
		name := d.name()
		k, ok := d.index[name]
		if !ok {
			return unfit("row %d: unknown feature %q; want %s", d.rows, clip(name), quote(d.features))
		}
		if !math.IsNaN(row[k]) {
			return unfit("row %d: feature %q twice", d.rows, name)
		}
		x, err := d.number(name)
		if err != nil {
			return err
		}
		row[k] = x
	}
	var missing []string
	for k, x := range row {
		if math.IsNaN(x) {
			missing = append(missing, d.features[k])
		}
	}
	if missing != nil {
		n := len(d.features)
		return unfit("row %d has %d features; want %d; missing: %s", d.rows, n-len(missing), n, quote(missing))
	}
	return nil
}

// number reads the number of a feature.
func (d *decoder) number(feature string) (float64, error) {
	if c := d.peek(); c != '-' && (c < '0' || c > '9') {
		return 0, unfit("row %d, feature %q: want a number, have %s", d.rows, feature, d.kind())
	}
	text := d.scalar()
	x, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0, unfit("row %d, feature %q: %s is beyond the range of float64", d.rows, feature, clip(string(text)))
	}
	return x, nil
}

// unfit returns the failure of a row that does not fit the model.
func unfit(format string, args ...any) error {
	return fail(http.StatusUnprocessableEntity, format, args...)
}

// clip shortens a text from a client for a message.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// quote returns the first names, quoted, for a message.
func quote(names []string) string {
	const most = 40
	var b strings.Builder
	for i, name := range names[:min(most, len(names))] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(name))
	}
	if len(names) > most {
		fmt.Fprintf(&b, " and %d more", len(names)-most)
	}
	return b.String()
}
