package serve

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"adjoint/data"
	"adjoint/models"
)

// decode returns the rows in the body of a request, with a value for each feature of the card. Its errors are of type
// *failure.
func decode(body []byte, card models.Card, maxRows int) (*data.Dataset, error) {
	s, err := newScanner(body)
	if err != nil {
		return nil, err
	}
	d := &decoder{scanner: s, features: card.Features, types: card.Types, maxRows: maxRows}
	if card.Sparse {
		d.sparse = &data.Sparse{Starts: []int{0}}
	}
	for _, is := range card.Types {
		if is == data.TextType && d.texts == nil {
			d.texts = make([]texts, len(card.Features))
		}
	}
	if err := d.request(); err != nil {
		return nil, err
	}
	return &data.Dataset{X: d.x, Sparse: d.sparse, Features: card.Features, Levels: d.levels(), Source: "request"}, nil
}

// A decoder reads the rows of a request.
type decoder struct {
	*scanner
	features []string
	types    []data.Type    // nil if all features are numbers, and there are no gaps
	texts    []texts        // of the features; nil if there are none
	seen     []bool         // features of an object
	index    map[string]int // of features, made when first needed
	maxRows  int
	rows     int
	x        []float64
	sparse   *data.Sparse // the rows of a model of sparse ones, in the place of x
}

// texts are those of a feature: each is its position among them.
type texts struct {
	at    map[string]int
	names []string
}

func (t *texts) add(name string) float64 {
	at, ok := t.at[name]
	if !ok {
		if t.at == nil {
			t.at = map[string]int{}
		}
		at = len(t.names)
		t.at[name], t.names = at, append(t.names, name)
	}
	return float64(at)
}

// levels returns the texts of each feature, as a data set has them.
func (d *decoder) levels() [][]string {
	if d.texts == nil {
		return nil
	}
	levels := make([][]string, len(d.texts))
	for k, is := range d.types {
		if is == data.TextType {
			levels[k] = append([]string{}, d.texts[k].names...)
		}
	}
	return levels
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
		err = d.values()
	case d.bracket('{'):
		read := d.named
		if d.sparse != nil {
			read = d.some
		}
		err = read()
	default:
		err = unfit("row %d is %s; want a list of %d %s", d.rows, d.kind(), len(d.features), d.what())
	}
	if d.sparse != nil {
		d.compress()
	}
	d.rows++
	return err
}

func (d *decoder) what() string {
	if d.types == nil {
		return "numbers"
	}
	return "values"
}

// values reads the rest of a row [5.1, …].
func (d *decoder) values() error {
	n := 0
	for ; !d.bracket(']'); n++ {
		if n >= len(d.features) {
			d.skip()
			continue
		}
		x, err := d.value(n)
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
	d.indexFeatures()
	d.x = append(d.x, make([]float64, len(d.features))...)
	row := d.x[len(d.x)-len(d.features):]
	d.seen = append(d.seen[:0], make([]bool, len(d.features))...)
	for !d.bracket('}') {
		k, err := d.feature()
		if err != nil {
			return err
		}
		if d.seen[k] {
			return d.twice(d.features[k])
		}
		x, err := d.value(k)
		if err != nil {
			return err
		}
		row[k], d.seen[k] = x, true
	}
	var missing []string
	for k, seen := range d.seen {
		if !seen {
			missing = append(missing, d.features[k])
		}
	}
	if missing != nil {
		n := len(d.features)
		return unfit("row %d has %d features; want %d; missing: %s", d.rows, n-len(missing), n, quote(missing))
	}
	return nil
}

// indexFeatures numbers the features by name.
func (d *decoder) indexFeatures() {
	if d.index != nil {
		return
	}
	d.index = make(map[string]int, len(d.features))
	for k, name := range d.features {
		d.index[name] = k
	}
}

// feature reads the name of a feature, and returns its number.
func (d *decoder) feature() (int, error) {
	name := d.name()
	k, ok := d.index[name]
	if !ok {
		return 0, unfit("row %d: unknown feature %q; want %s", d.rows, clip(name), quote(d.features))
	}
	return k, nil
}

func (d *decoder) twice(name string) error { return unfit("row %d: feature %q twice", d.rows, name) }

// value reads the value of feature k: a number, or the position of a text; NaN for null, where a model may have gaps.
func (d *decoder) value(k int) (float64, error) {
	switch {
	case d.types != nil && d.peek() == 'n':
		d.scalar()
		return math.NaN(), nil
	case d.types == nil || d.types[k] != data.TextType:
		return d.number(d.features[k])
	case d.peek() != '"':
		return 0, unfit("row %d, feature %q: want a text, have %s", d.rows, d.features[k], d.kind())
	}
	return d.texts[k].add(d.name()), nil
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
