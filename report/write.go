package report

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"adjoint/draw"
	"adjoint/plot"
)

//go:embed page.html
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{"unbroken": unbroken}).ParseFS(files, "page.html"))

// unbroken joins the hyphen of 1e-07 to its digits, lest a line end there.
func unbroken(s string) string { return exponent.ReplaceAllString(s, "e\u2011$1") }

var exponent = regexp.MustCompile(`e-(\d)`)

// An Illustrator is a picture for a page, such as a *plot.Figure or a *draw.Diagram.
type Illustrator interface {
	WriteSVG(w io.Writer) error
}

// networkMaps is how many maps of a network are drawn: seven layers with L and mean
// fit, of deeper networks the middle is left out.
const networkMaps = 24

// content is the data of the page's template.
type content struct {
	Title                           string
	Headline                        string
	Training, Data, Options, Scores []row
	Figures                         []pictured
	Network                         template.HTML
	Summary                         string
}

// A pictured is a figure of a page. One that is wide has a row to itself.
type pictured struct {
	SVG  template.HTML
	Wide bool
}

// Write writes the page. Fields of f that are not set are left out; if none is set the
// error wraps ErrEmpty. If a picture cannot be drawn the error is that of package plot or
// draw, but pictures that would be too large are left out. Write calls w only when the
// page is complete, and returns the errors of w unchanged.
func Write(w io.Writer, f Fit) error {
	c := content{
		Title: f.Title, Summary: strings.TrimRight(f.Summary, "\n"),
		Training: f.training(), Data: f.data(), Scores: f.scores(),
	}
	if c.Title == "" {
		c.Title = "Training report"
	}
	for _, o := range f.Options {
		c.Options = append(c.Options, row(o))
	}
	for _, d := range f.Columns {
		is := d.Type
		if d.Guessed {
			is += " (guessed)"
		}
		c.Options = append(c.Options, row{"Column " + d.Column, is + ": " + d.Prepared})
	}
	if f.Scores != nil {
		c.Headline = fmt.Sprintf("%s %s on %d rows", f.Scores.ScoreName(), number(f.Scores.Score()), f.Scores.Rows)
	}
	if err := c.illustrate(&f); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if c.Summary == "" && c.Network == "" && len(c.Figures)+len(c.Training)+len(c.Data)+len(c.Options)+len(c.Scores) == 0 {
		return fmt.Errorf("report: a Fit without content: %w", ErrEmpty)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, c); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := b.WriteTo(w)
	return err
}

// illustrate adds the pictures for which f has numbers.
func (c *content) illustrate(f *Fit) error {
	add := func(figure *plot.Figure, err error) error {
		if errors.Is(err, plot.ErrEmpty) || errors.Is(err, plot.ErrSize) {
			return nil
		} else if err != nil {
			return err
		}
		return c.add(figure)
	}
	if f.History != nil {
		if err := errors.Join(add(plot.LossCurve(f.History)), add(plot.ScoreCurve(f.History))); err != nil {
			return err
		}
	}
	if f.Scores != nil && f.Scores.Confusion != nil {
		var classes []string
		if f.Test != nil {
			classes = f.Test.Classes
		}
		if err := add(plot.ConfusionMatrix(f.Scores.Confusion, classes)); err != nil {
			return err
		}
	}
	if f.Test != nil && f.Probabilities != nil {
		// Of one class there is no curve, and the page says as much without it.
		if err := add(plot.ROC(f.Test, f.Probabilities)); err != nil && !errors.Is(err, plot.ErrOneClass) {
			return err
		}
	}
	if f.Test != nil && f.Predictions != nil && f.Test.Classes == nil {
		if err := errors.Join(add(plot.PredictedActual(f.Test, f.Predictions)), add(plot.Residuals(f.Test, f.Predictions))); err != nil {
			return err
		}
	}
	for _, figure := range f.Figures {
		if err := c.add(figure); err != nil {
			return err
		}
	}
	if f.Formula == nil {
		return nil
	}
	d, err := draw.Of(f.Formula.Cost, draw.Options{Maps: networkMaps})
	if err != nil {
		return err
	}
	c.Network, err = inline(d)
	return err
}

func (c *content) add(figure Illustrator) error {
	svg, err := inline(figure)
	c.Figures = append(c.Figures, pictured{svg, wide(string(svg))})
	return err
}

// wide reports whether a picture is at least as wide as two that are not.
func wide(svg string) bool {
	var w, h float64
	_, size, _ := strings.Cut(svg, `viewBox="0 0 `)
	_, err := fmt.Sscanf(size, `%f %f"`, &w, &h)
	return err == nil && w > 2.5*h
}

// inline returns the picture as part of a page: without the head of an XML
// document, and named for those who cannot see it. The texts in it have been
// escaped where it was written.
func inline(figure Illustrator) (template.HTML, error) {
	var b strings.Builder
	if err := figure.WriteSVG(&b); err != nil {
		return "", err
	}
	_, body, ok := strings.Cut(b.String(), "<svg ")
	if !ok {
		return "", fmt.Errorf("a picture that is not SVG: %.40q", b.String())
	}
	name, style := "picture", ""
	switch f := figure.(type) {
	case *plot.Figure:
		name = f.Title
	case *draw.Diagram:
		name = "forward and reverse arrows of the network"
		var width int
		if _, err := fmt.Sscanf(body, `width="%d"`, &width); err != nil {
			return "", fmt.Errorf("a picture without a width: %w", err)
		}
		style = fmt.Sprintf(`style="--natural:%dpx" `, width)
	}
	return template.HTML(`<svg role="img" aria-label="` + template.HTMLEscapeString(name) + `" ` + style + body), nil
}
