package progress

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"adjoint/data"
	"adjoint/models"
)

// barOf is a bar on a terminal of so many columns, without a clock.
func barOf(w io.Writer, columns int) *bar { return &bar{line: *lineOf(w, columns)} }

func lineOf(w io.Writer, columns int) *line {
	return &line{w: w, columns: func() int { return columns }, now: func() time.Time { return time.Time{} }}
}

// fit trains a small network and shows it, until a validation is given by stop.
func fit(t *testing.T, p models.Progress, stop error) error {
	t.Helper()
	m := &models.Deep{Standardize: true, Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}}
	_, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{
		Epochs: 12, Batch: 50, Validation: data.Iris(), Progress: p,
		Callbacks: []models.Callback{models.EachEpoch(func(_ *models.Training, e models.Epoch) error {
			if e.Number == 5 {
				return stop
			}
			return nil
		})},
	})
	return err
}

// screen is what a terminal shows in the end of what is written to it: a carriage
// return goes back to the start of the line.
func screen(written string) []string {
	lines := [][]rune{nil}
	at := 0
	for _, r := range written {
		last := &lines[len(lines)-1]
		switch {
		case r == '\r':
			at = 0
		case r == '\n':
			lines, at = append(lines, nil), 0
		case at < len(*last):
			(*last)[at] = r
			at++
		default:
			*last = append(*last, r)
			at++
		}
	}
	shown := make([]string, len(lines))
	for i, l := range lines {
		shown[i] = strings.TrimRight(string(l), " ")
	}
	return shown
}

// On a terminal there is one line that is drawn over and over, and at the end
// that of the last epoch in its place.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	if err := fit(t, barOf(&out, 100), nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"epoch  1/12    0%", "100%", "█░"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q was never drawn", want)
		}
	}
	shown := screen(out.String())
	line := regexp.MustCompile(`^epoch 12/12  loss \d\.\d{4}  validation loss \d\.\d{4}  accuracy \d\.\d{4}  \d+m?s$`)
	if len(shown) != 2 || !line.MatchString(shown[0]) || shown[1] != "" {
		t.Errorf("the terminal shows %q", shown)
	}
}

// What is drawn between: the epoch, its losses, how far it is.
func TestBarInBetween(t *testing.T) {
	var out bytes.Buffer
	b := barOf(&out, 100)
	at := time.Unix(1000, 0)
	b.now = func() time.Time { return at }
	b.Begin(10, 4)
	for range 4 {
		at = at.Add(2 * time.Second)
		b.Step(0, 1)
	}
	b.Epoch(models.Epoch{Number: 1, Loss: 0.25, Validation: &models.Scores{Loss: 0.5}})
	shown := screen(out.String())
	if want := "epoch  1/10   10%  loss 0.2500  validation 0.5000  ██░░░░░░░░░░░░░░░░░░  8s, 1m12s left"; len(shown) != 1 || shown[0] != want {
		t.Errorf("%q, want %q", shown, want)
	}
	b.End(&models.History{}, errors.New("cancelled"))
	if shown := screen(out.String()); len(shown) != 1 || shown[0] != "" {
		t.Errorf("after a training without epochs: %q", shown)
	}
}

// A training that stops before its time leaves no bar behind, and says why if it
// was not for an error.
func TestBarStops(t *testing.T) {
	errBroken := errors.New("broken")
	for _, c := range []struct {
		err   error
		lines int
	}{{models.ErrStop, 3}, {errBroken, 2}} {
		var out bytes.Buffer
		if err := fit(t, barOf(&out, 100), c.err); err != nil && !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		shown := screen(out.String())
		if len(shown) != c.lines || !strings.HasPrefix(shown[0], "epoch  5/12  loss") || c.lines == 3 && shown[1] != "stopped" {
			t.Errorf("%v: the terminal shows %q", c.err, shown)
		}
	}
}

// A solver without epochs has one line too.
func TestBarOfLBFGS(t *testing.T) {
	var out bytes.Buffer
	m := &models.Logistic{Penalty: models.L2, Lambda: 1}
	if _, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{Progress: barOf(&out, 100)}); err != nil {
		t.Fatal(err)
	}
	if shown := screen(out.String()); len(shown) != 2 || !strings.HasPrefix(shown[0], "epoch 1/1  loss 0.1926") {
		t.Errorf("the terminal shows %q", shown)
	}
}

// Elsewhere there is a line an epoch, and no carriage return.
func TestLinesElsewhere(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var buffer bytes.Buffer
	for _, w := range []io.Writer{file, &buffer} {
		if err := fit(t, Bar(w), nil); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(written), buffer.String()} {
		if strings.Count(text, "\n") != 12 || strings.ContainsRune(text, '\r') {
			t.Errorf("%q", text)
		}
	}
}

// From 20 columns on, and in fewer, nothing that is drawn before the end reaches the
// last column, where a terminal may begin a new line; and from 20 on the epoch and
// how far it is are always there.
func TestBarKeepsToOneLine(t *testing.T) {
	for columns := range 121 {
		var out bytes.Buffer
		b := barOf(&out, columns)
		b.Begin(150, 40)
		for e := 1; e <= 150; e++ {
			for range 40 {
				b.Step(0, 1)
			}
			b.Epoch(models.Epoch{Number: e, Loss: 12.25, Validation: &models.Scores{Loss: 100.5}})
		}
		if strings.Contains(out.String(), "\n") {
			t.Fatalf("%d columns: a new line", columns)
		}
		for _, line := range strings.Split(out.String(), "\r") {
			if n := utf8.RuneCountInString(line); n > max(0, columns-1) {
				t.Fatalf("%d columns: %q has %d", columns, line, n)
			}
		}
		shown := screen(out.String())[0]
		if columns >= 20 && !strings.HasPrefix(shown, "epoch 150/150  100%") {
			t.Errorf("%d columns: %q", columns, shown)
		}
		if columns == 50 && shown != "epoch 150/150  100%  ████████████████████" {
			t.Errorf("50 columns: %q", shown)
		}
	}
}
