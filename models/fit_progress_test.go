package models_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
)

func TestLines(t *testing.T) {
	var out strings.Builder
	stop := models.EachEpoch(func(_ *models.Training, e models.Epoch) error {
		if e.Number == 3 {
			return models.ErrStop
		}
		return nil
	})
	m := quick()
	m.Standardize = true
	_, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{
		Epochs: 20, Rule: optim.Adam{Rate: 0.05}, Progress: models.Lines(&out), TrainScores: true, Validation: data.Iris(), Callbacks: []models.Callback{stop},
	})
	check(t, err)
	number := `\d\.\d{4}`
	line := `loss ` + number + `  training loss ` + number + `  accuracy ` + number + `  validation loss ` + number + `  accuracy ` + number + `  \d+(ms|s)\n`
	want := regexp.MustCompile(`^epoch  1/20  ` + line + `epoch  2/20  ` + line + `epoch  3/20  ` + line + `stopped\n$`)
	if !want.MatchString(out.String()) {
		t.Errorf("%s", out.String())
	}
	e := models.Epoch{Number: 7, Loss: 0.12345, Duration: 1234567 * time.Microsecond, Validation: &models.Scores{Loss: 2, R2: 0.5}}
	if got, want := models.EpochLine(e, 100), "epoch   7/100  loss 0.1235  validation loss 2.0000  R2 0.5000  1.235s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
