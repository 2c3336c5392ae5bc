package prepare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"adjoint/data"
)

// preparerJSON is a Preparer in a file.
type preparerJSON struct {
	Inputs  []inputJSON  `json:"inputs"`
	Outputs []outputJSON `json:"outputs"`
	Groups  []groupJSON  `json:"groups,omitempty"` // as Columns has them, to fit the model again
	Numbers *[]entry     `json:"numbers,omitempty"`
	Texts   *[]entry     `json:"texts,omitempty"`
}

type inputJSON struct {
	Name string `json:"name"`
	Text bool   `json:"text,omitempty"`

	Guessed bool `json:"guessed,omitempty"`
}

type outputJSON struct {
	Name   string   `json:"name"`
	From   int      `json:"from"`
	Maps   []entry  `json:"maps"`
	Levels []string `json:"levels"` // null for a number
}

type groupJSON struct {
	Columns []string `json:"columns"`
	Steps   []entry  `json:"steps"`
}

// An entry is a map or a step: an object with its type and its fields.
type entry struct {
	Type   string          `json:"type"`
	Fields json.RawMessage `json:"fields"`
}

// known are the maps and steps that a file may have, by the name of the type.
var known = map[string]reflect.Type{}

func init() {
	for _, v := range []any{
		Fill{}, Missing{}, Scale{}, Cut{}, Lookup{}, Find{}, DatePart{},
		Impute{}, Standardize{}, MinMax{}, Bins{}, OneHot{}, Ordinal{}, Frequency{}, Dates{},
	} {
		t := reflect.TypeOf(v)
		known[t.Name()] = t
	}
}

// entries returns maps or steps as a file has them.
func entries[T any](list []T) ([]entry, error) {
	made := make([]entry, len(list))
	for i, v := range list {
		fields, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		made[i] = entry{reflect.TypeOf(v).Name(), fields}
	}
	return made, nil
}

// values returns the maps or steps of a file.
func values[T any](list []entry) ([]T, error) {
	made := make([]T, len(list))
	for i, e := range list {
		t, ok := known[e.Type]
		if !ok {
			return nil, fmt.Errorf("prepare: %w: type %.20q", ErrCorrupt, e.Type)
		}
		v := reflect.New(t)
		if err := strictly(e.Fields, v.Interface()); err != nil {
			return nil, fmt.Errorf("prepare: %w: %s: %w", ErrCorrupt, e.Type, err)
		}
		if made[i], ok = v.Elem().Interface().(T); !ok {
			return nil, fmt.Errorf("prepare: %w: %s among %T", ErrCorrupt, e.Type, made)
		}
	}
	return made, nil
}

// strictly decodes JSON that has no other fields.
func strictly(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// MarshalJSON returns the preparer as a file of a model has it.
func (p *Preparer) MarshalJSON() ([]byte, error) {
	var f preparerJSON
	for j, name := range p.inputs {
		f.Inputs = append(f.Inputs, inputJSON{name, p.types[j] == data.TextType, p.guessed[j]})
	}
	for _, o := range p.outputs {
		maps, err := entries(o.Maps)
		if err != nil {
			return nil, err
		}
		f.Outputs = append(f.Outputs, outputJSON{o.Name, o.From, maps, o.Levels})
	}
	for _, g := range p.columns.Groups {
		steps, err := entries(g.Steps)
		if err != nil {
			return nil, err
		}
		f.Groups = append(f.Groups, groupJSON{g.Columns, steps})
	}
	for _, of := range []struct {
		steps []Step
		to    **[]entry
	}{{p.columns.Numbers, &f.Numbers}, {p.columns.Texts, &f.Texts}} {
		if of.steps == nil {
			continue
		}
		steps, err := entries(of.steps)
		if err != nil {
			return nil, err
		}
		*of.to = &steps
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON wrote. The error wraps ErrCorrupt if it is not what a fit makes.
func (p *Preparer) UnmarshalJSON(text []byte) error {
	var f preparerJSON
	if err := strictly(text, &f); err != nil {
		return fmt.Errorf("prepare: %w: %w", ErrCorrupt, err)
	}
	var q Preparer
	for _, in := range f.Inputs {
		is := data.NumberType
		if in.Text {
			is = data.TextType
		}
		q.inputs, q.types, q.guessed = append(q.inputs, in.Name), append(q.types, is), append(q.guessed, in.Guessed)
	}
	for _, o := range f.Outputs {
		maps, err := values[Map](o.Maps)
		if err != nil {
			return err
		}
		q.outputs = append(q.outputs, Output{o.Name, o.From, maps, o.Levels})
	}
	for _, g := range f.Groups {
		steps, err := values[Step](g.Steps)
		if err != nil {
			return err
		}
		q.columns.Groups = append(q.columns.Groups, Group{g.Columns, slices.Clip(steps)})
	}
	for _, of := range []struct {
		from *[]entry
		to   *[]Step
	}{{f.Numbers, &q.columns.Numbers}, {f.Texts, &q.columns.Texts}} {
		if of.from == nil {
			continue
		}
		steps, err := values[Step](*of.from)
		if err != nil {
			return err
		}
		*of.to = steps
	}
	if err := q.check(); err != nil {
		return err
	}
	*p = q
	return nil
}
