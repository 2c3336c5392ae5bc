package prepare

import (
	"fmt"
	"time"
)

// Dates makes of a text that is a date a column for each of its parts, named after the column and the part.
type Dates struct {
	Layout string // as in time.Parse; "" is 2006-01-02
	Parts  []Part // nil is Year, Month, Day, Weekday
}

// A Part is a part of a date.
type Part int

// The parts of dates: the weekday is 0 on a Monday, as in pandas; Days are those since 1970-01-01, with the fraction of
// the day in UTC.
const (
	Year Part = iota
	Month
	Day
	Weekday
	YearDay
	Hour
	Minute
	Days
)

// String returns the name of the step.
func (Dates) String() string { return "Dates" }

// String returns the name of the part.
func (p Part) String() string {
	if p.check() != nil {
		return fmt.Sprintf("Part(%d)", int(p))
	}
	return [...]string{"year", "month", "day", "weekday", "yearday", "hour", "minute", "days"}[p]
}

func (p Part) check() error {
	if p < Year || p > Days {
		return fmt.Errorf("%w: part %d of a date", ErrCorrupt, int(p))
	}
	return nil
}

// of returns the part of a date.
func (p Part) of(t time.Time) float64 {
	switch p {
	case Year:
		return float64(t.Year())
	case Month:
		return float64(t.Month())
	case Day:
		return float64(t.Day())
	case Weekday:
		return float64((t.Weekday() + 6) % 7)
	case YearDay:
		return float64(t.YearDay())
	case Hour:
		return float64(t.Hour())
	case Minute:
		return float64(t.Minute())
	}
	return float64(t.Unix()) / 86400
}

func (s Dates) fit(c *column) ([]*column, error) {
	if c.is != text || len(c.Maps) > 0 || c.fills {
		return nil, fmt.Errorf("of a column that is no text, or filled by one: %w", ErrStep)
	}
	if s.Layout == "" {
		s.Layout = time.DateOnly
	}
	for _, level := range c.levels {
		if _, err := time.Parse(s.Layout, level); err != nil {
			return nil, fmt.Errorf("%.60q: %w", level, ErrDate)
		}
	}
	if s.Parts == nil {
		s.Parts = []Part{Year, Month, Day, Weekday}
	}
	var list []*column
	for _, p := range s.Parts {
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrStep, err)
		}
		q := c.then(DatePart{s.Layout, p})
		q.Name, q.is, q.levels = c.Name+" "+p.String(), number, nil
		list = append(list, q)
	}
	return list, nil
}
