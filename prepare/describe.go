package prepare

import (
	"fmt"
	"strings"
)

// A Description says in words how a column is prepared.
type Description struct {
	Column   string
	Type     string // number or text
	Guessed  bool   // the type was: data.CSV.Types did not say it
	Prepared string // what is made of it: "gaps 43.92, (x − 43.92)/5.46"
}

// Describe returns a Description of each column of the table, in their order.
func (p *Preparer) Describe() []Description {
	list := make([]Description, len(p.inputs))
	for j, name := range p.inputs {
		list[j] = Description{Column: name, Type: p.types[j].String(), Guessed: p.guessed[j]}
	}
	for _, o := range p.outputs {
		d := &list[o.From]
		if d.Prepared != "" {
			d.Prepared += "; "
		}
		d.Prepared += o.describe(d.Column)
	}
	for j := range list {
		if list[j].Prepared == "" {
			list[j].Prepared = "left out"
		}
	}
	return list
}

// String returns a table of how columns are prepared.
func (p *Preparer) String() string {
	var b strings.Builder
	width := 0
	for _, name := range p.inputs {
		width = max(width, len([]rune(name)))
	}
	for _, d := range p.Describe() {
		fmt.Fprintf(&b, "%-*s  %-6s  %s\n", width, d.Column, d.Type, d.Prepared)
	}
	return b.String()
}

// describe says what an output of a column is.
func (o *Output) describe(column string) string {
	var parts []string
	for _, m := range o.Maps {
		if s := words(m, o.Levels != nil); s != "" {
			parts = append(parts, s)
		}
	}
	if o.Levels != nil {
		const most = 8
		names := o.Levels
		more := ""
		if len(names) > most {
			names, more = names[:most], ", …"
		}
		parts = append(parts, fmt.Sprintf("one-hot of %d: %s%s", len(o.Levels), strings.Join(names, ", "), more))
	}
	if len(parts) == 0 {
		parts = []string{"as it is"}
	}
	text := strings.Join(parts, ", ")
	if name := strings.TrimPrefix(o.Name, column+" "); name != o.Name {
		if _, ok := first(o.Maps).(DatePart); ok {
			return text
		}
		return name
	}
	return text
}

// words says what a map is; "" for a lookup whose levels are said.
func words(m Map, hot bool) string {
	switch m := m.(type) {
	case Fill:
		return fmt.Sprintf("gaps %.4g", m.Value)
	case Missing:
		return "missing"
	case Scale:
		return fmt.Sprintf("(x − %.4g)/%.4g", m.Shift, m.By)
	case Cut:
		return fmt.Sprintf("%d bins", len(m.Edges)+1)
	case DatePart:
		return m.Part.String()
	case Lookup:
		if !hot {
			return fmt.Sprintf("%d texts as numbers", len(m.Texts))
		}
	case Find:
		if !hot {
			return fmt.Sprintf("%d values as numbers", len(m.Numbers))
		}
	}
	return ""
}
