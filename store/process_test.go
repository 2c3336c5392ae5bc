package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
)

// The test binary is also the other process of some tests: it does what this
// variable says, to the files that are its arguments.
const task = "STORE_TEST_TASK"

var tasks = map[string]func(files []string) error{
	"resume":           resume,
	"predict":          func(files []string) error { return predict(files[0], files[1]) },
	"write slowly":     writeSlowly,
	"write often":      writeOften,
	"checkpoint":       func(files []string) error { return trainForever(files[0], &Checkpoint{Path: files[0]}) },
	"plain checkpoint": func(files []string) error { return trainForever(files[0], plain(files[0])) },
}

func TestMain(m *testing.M) {
	do, ok := tasks[os.Getenv(task)]
	if !ok {
		os.Exit(m.Run())
	}
	time.AfterFunc(time.Minute, func() { os.Exit(2) }) // if the test is gone
	if err := do(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process is the command that runs a task.
func process(t testing.TB, name string, files ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	check(t, err)
	c := exec.Command(self, files...)
	c.Env = append(os.Environ(), task+"="+name)
	c.Stderr = os.Stderr
	return c
}

// courses are trainings for a number of epochs, with everything that has a state.
var courses = map[string]func() (models.Model, *data.Dataset, models.FitOptions){
	"adam": func() (models.Model, *data.Dataset, models.FitOptions) {
		return network(), data.Iris(), models.FitOptions{
			Epochs: 12, Batch: 32, Rule: optim.Adam{Rate: 0.01}, Schedule: optim.WarmUp(10).Times(optim.Cosine(60, 0.1)), ValidationSplit: 0.2,
		}
	},
	// The best epoch is before the checkpoint: its weights come from there.
	"kept weights": func() (models.Model, *data.Dataset, models.FitOptions) {
		return network(), data.Iris(), models.FitOptions{
			Epochs: 12, Batch: 32, Rule: optim.Adam{Rate: 0.01}, Schedule: optim.WarmUp(10).Times(optim.Cosine(60, 0.1)), ValidationSplit: 0.2,
			Callbacks: []models.Callback{&models.EarlyStopping{
				Patience: 8, RestoreBest: true, Monitor: func(e models.Epoch) float64 { return float64((e.Number - 5) * (e.Number - 5)) },
			}},
		}
	},
	"momentum": func() (models.Model, *data.Dataset, models.FitOptions) {
		return network(), data.Iris(), models.FitOptions{
			Epochs: 12, Batch: 16, Rule: optim.SGD{Rate: 0.05, Momentum: 0.9}, Schedule: optim.Exponential(0.99),
		}
	},
	"float32": func() (models.Model, *data.Dataset, models.FitOptions) {
		m := network()
		m.Float32, m.Penalty, m.Lambda = true, models.L2, 1
		return m, data.Iris(), models.FitOptions{
			Epochs: 12, Batch: 40, Rule: optim.SGD{Rate: 0.1, Momentum: 0.9, Nesterov: true}, ClassWeights: []float64{1, 2, 3},
		}
	},
	"logistic": func() (models.Model, *data.Dataset, models.FitOptions) {
		return &models.Logistic{Solver: models.Descent, Penalty: models.L1, Lambda: 1, Seed: 5}, data.Iris(),
			models.FitOptions{Epochs: 12, Batch: 20, Rule: optim.RMSProp{Rate: 0.01}}
	},
}

// resume is the second half of a course: files are its name, the checkpoint to go
// on from and the model to write.
func resume(files []string) error {
	m, d, o := courses[files[0]]()
	if _, err := Resume(context.Background(), files[1], m, d, o); err != nil {
		return err
	}
	return Save(files[2], m)
}

// Half a training, saved, loaded in another process, and the other half: the file
// of the model has the bytes of a training that never stopped.
func TestResumeInAnotherProcess(t *testing.T) {
	for name, course := range courses {
		folder := t.TempDir()
		run, end, whole := filepath.Join(folder, "run"), filepath.Join(folder, "end"), filepath.Join(folder, "whole")
		m, d, o := course()
		must(m.Fit(t.Context(), d, o))
		check(t, Save(whole, m))

		m, d, o = course()
		o.Epochs /= 2
		o.Callbacks = append(o.Callbacks, &Checkpoint{Path: run, Every: o.Epochs})
		must(m.Fit(t.Context(), d, o))
		check(t, process(t, "resume", name, run, end).Run())
		got, want := must(os.ReadFile(end)), must(os.ReadFile(whole))
		if !bytes.Equal(got, want) {
			t.Errorf("%s: it ended elsewhere", name)
		}
		if half := must(Load(run)); bits(t, half) == bits(t, must(Load(end))) {
			t.Errorf("%s: nothing was learned in the second half", name)
		}
	}
}
