package models_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"adjoint/data"
	"adjoint/internal/grouptest"
	"adjoint/models"
	"adjoint/optim"
)

// fits are trainings that can be cut into parts, and return what they end with.
var fits = map[string]func(o models.FitOptions) (string, error){
	"net": func(o models.FitOptions) (string, error) {
		m := &models.Deep{Seed: 3, Penalty: models.L2, Lambda: 0.1, Layers: []models.Layer{
			models.Dense{Units: 8, Activation: models.ReLU}, models.Dropout{Rate: 0.3}, models.Dense{Units: 3, Activation: models.Softmax},
		}}
		o.Epochs, o.Batch, o.Clip, o.ValidationSplit = 4, 33, optim.Clip{Norm: 1}, 0.2
		h, err := m.Fit(context.Background(), data.Iris(), o)
		return fingerprint(m, h, err)
	},
	"L-BFGS": func(o models.FitOptions) (string, error) {
		m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
		h, err := m.Fit(context.Background(), data.BreastCancer(), o)
		return fingerprint(m, h, err)
	},
	"FISTA": func(o models.FitOptions) (string, error) {
		m := &models.Logistic{Penalty: models.L1, Lambda: 20, Standardize: true, Float32: true}
		h, err := m.Fit(context.Background(), data.BreastCancer(), o)
		return fingerprint(m, h, err)
	},
}

func fingerprint(m models.Model, h *models.History, err error) (string, error) {
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	f, err := m.Formula()
	if err != nil {
		return "", err
	}
	for _, w := range f.Params {
		fmt.Fprint(digest, w.Value().Data())
	}
	for _, e := range h.Epochs {
		fmt.Fprint(digest, math.Float64bits(e.Loss), e.Validation)
	}
	return fmt.Sprintf("%x", digest.Sum(nil)), nil
}

// Any number of processes ends with the weights, losses and scores of one with the same
// Parts: dropout, clipping, penalties and searches included.
func TestGroupBits(t *testing.T) {
	for name, fit := range fits {
		alone, err := fit(models.FitOptions{Parts: 8})
		if err != nil {
			t.Fatal(name, err)
		}
		whole, err := fit(models.FitOptions{})
		if err != nil || whole == alone {
			t.Errorf("%s: as a whole %v, with the same bits: %v", name, err, whole == alone)
		}
		for _, size := range []int{1, 2, 3, 4, 8} {
			err := grouptest.Together(size, func(g *grouptest.Member) error {
				got, err := fit(models.FitOptions{Group: g})
				if err == nil && got != alone {
					err = fmt.Errorf("rank %d of %d ends with other bits", g.Rank(), size)
				}
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A process that differs is found at the start, and all are told what differs.
func TestGroupDiffers(t *testing.T) {
	for what, change := range map[string]func(o *models.FitOptions, d *data.Dataset){
		"the options of the training": func(o *models.FitOptions, _ *data.Dataset) { o.Clip.Norm = 2 },
		"the training rows":           func(_ *models.FitOptions, d *data.Dataset) { d.X[7]++ },
	} {
		var mu sync.Mutex
		told := 0
		grouptest.Together(3, func(g *grouptest.Member) error {
			d := data.Iris()
			o := models.FitOptions{Epochs: 2, Group: g}
			if g.Rank() == 2 {
				change(&o, d)
			}
			m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}}
			_, err := m.Fit(context.Background(), d, o)
			if err != nil && strings.Contains(err.Error(), what+" differ") && errors.Is(err, models.ErrOption) {
				mu.Lock()
				told++
				mu.Unlock()
			}
			return err
		})
		if told != 3 {
			t.Errorf("%s: %d of 3 processes were told", what, told)
		}
	}
}

// A callback that fails, or stops, on one process ends all of them.
func TestGroupEnds(t *testing.T) {
	broken := errors.New("no space left")
	for _, failure := range []error{broken, models.ErrStop} {
		var mu sync.Mutex
		ended := 0
		grouptest.Together(4, func(g *grouptest.Member) error {
			m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}}
			h, err := m.Fit(context.Background(), data.Iris(), models.FitOptions{Epochs: 50, Group: g, Callbacks: []models.Callback{failing{g.Rank() == 2, failure}}})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case failure == broken && errors.Is(err, broken):
				ended++
			case failure == models.ErrStop && err == nil && len(h.Epochs) == 3 && h.Stopped != "":
				ended++
			}
			return err
		})
		if ended != 4 {
			t.Errorf("%v: %d of 4 processes ended as they should", failure, ended)
		}
	}
}

// failing fails in the third epoch.
type failing struct {
	here bool
	err  error
}

func (f failing) Begin(*models.Training) error { return nil }
func (f failing) End(*models.Training) error   { return nil }
func (f failing) EpochEnd(_ *models.Training, e models.Epoch) error {
	if f.here && e.Number == 3 {
		return f.err
	}
	return nil
}
