package example

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"path/filepath"

	"adjoint/data"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/report"
	"adjoint/store"
)

// Files are what the flags -load, -save, -onnx and -report name.
type Files struct {
	load, save, onnx, report *string

	options []report.Option // of the training, if there is one
}

// FileFlags declares -load, -save, -onnx and -report.
func FileFlags() *Files {
	log.SetFlags(0)
	return &Files{
		load:   flag.String("load", "", "evaluate the model in this file, and train none"),
		save:   flag.String("save", "", "save the model to this file, for -load"),
		onnx:   flag.String("onnx", "", "write the model to this file as ONNX"),
		report: flag.String("report", "", "write a report to this file, as one HTML page"),
	}
}

// Fit returns the model that -load names, which has to be one of the
// features of train, or else m, fitted; and the history of the training, nil of a model that
// was loaded. A path that cannot be written is found before anything is trained. A
// training that is interrupted ends there, and its model is as good as it is.
func (f *Files) Fit(ctx context.Context, m models.Model, train *data.Dataset, o models.FitOptions) (models.Model, *models.History) {
	Check(f.check())
	if *f.load != "" {
		loaded := Must(store.Load(*f.load))
		if _, err := loaded.Predictions(train); err != nil {
			log.Fatalf("%s: %v", *f.load, err)
		}
		return loaded, nil
	}
	f.options = report.OptionsOf(m, o)
	network, ok := m.(*models.Deep)
	if ok && network.Prepare == nil {
		fmt.Print(Must(network.Summary(len(train.Features))))
	}
	history, err := m.Fit(ctx, train, o)
	if ok && network.Prepare != nil && err == nil { // how many columns are prepared is known now
		fmt.Print(Must(network.Summary(0)))
	}
	if errors.Is(err, context.Canceled) {
		log.Print(err)
		return m, history
	}
	Check(err)
	return m, history
}

// check says what is wrong with the paths to write to: each has to be one that can
// be written, and no two the same, but for a model that is loaded and saved again.
func (f *Files) check() error {
	taken := map[string]string{}
	if *f.load != "" {
		taken[filepath.Clean(*f.load)] = "-load"
	}
	for _, o := range []struct{ flag, path string }{{"-save", *f.save}, {"-onnx", *f.onnx}, {"-report", *f.report}} {
		if o.path == "" {
			continue
		}
		path := filepath.Clean(o.path)
		if other := taken[path]; other != "" && (other != "-load" || o.flag != "-save") {
			return fmt.Errorf("%s and %s are both %s", other, o.flag, o.path)
		}
		taken[path] = o.flag
		if err := store.Writable(o.path); err != nil {
			return fmt.Errorf("%s: %w", o.flag, err)
		}
	}
	return nil
}

// Write writes the files that -save, -onnx and -report name: each of them whole or
// not at all, and those that can be even if another cannot. The report has
// illustrations.
func (f *Files) Write(title string, m models.Model, h *models.History, test *data.Dataset, illustrations ...report.Illustrator) {
	write := func(path, what string, write func(w io.Writer) error) error {
		if path == "" {
			return nil
		}
		err := store.Write(path, write)
		if err == nil {
			fmt.Printf("wrote %s to %s\n", what, path)
		}
		return err
	}
	Check(errors.Join(
		write(*f.save, "the model", m.Save),
		write(*f.onnx, "the model as ONNX", func(w io.Writer) error {
			return onnx.WriteModel(w, m, onnx.ModelOptions{Doc: title, Labels: true})
		}),
		write(*f.report, "the report", func(w io.Writer) error {
			fit, err := report.Of(m, h, test)
			if err != nil {
				return err
			}
			fit.Title, fit.Figures = title, illustrations
			if f.options != nil {
				fit.Options = f.options
			}
			return report.Write(w, fit)
		}),
	))
}
