package store

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"adjoint/data"
	"adjoint/models"
)

var kills = flag.Int("kills", 60, "how often a process is killed while it writes checkpoints")

// large is a training whose checkpoints of 200 kB take longer than its epochs.
func large() (*models.Deep, *data.Dataset) {
	m := &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 2000, Activation: models.Tanh}, models.Dense{Units: 3, Activation: models.Softmax},
	}}
	return m, must(must(data.Iris().First(1)).Subset([]int{0, 60, 120}))
}

// trainForever goes on from the checkpoint at path, or begins, until it is killed.
// It says on its output which epochs it has saved.
func trainForever(path string, save models.Callback) error {
	m, d := large()
	acknowledge := models.EachEpoch(func(_ *models.Training, e models.Epoch) error {
		_, err := fmt.Println(e.Number)
		return err
	})
	o := models.FitOptions{Epochs: math.MaxInt, Callbacks: []models.Callback{save, acknowledge}}
	_, err := Resume(context.Background(), path, m, d, o)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = m.Fit(context.Background(), d, o)
	}
	return err
}

// plain is a checkpoint written as one does without thinking of it.
func plain(path string) models.Callback {
	return models.EachEpoch(func(t *models.Training, _ models.Epoch) error {
		s, err := t.Snapshot()
		if err != nil {
			return err
		}
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		return errors.Join(s.Save(f), f.Close())
	})
}

// killed runs a task on the file at path and kills it a moment after its first
// checkpoint. It returns the last epoch that was acknowledged.
func killed(t *testing.T, name, path string, moment time.Duration) (epoch int) {
	c := process(t, name, path)
	output, err := c.StdoutPipe()
	check(t, err)
	check(t, c.Start())
	first := make([]byte, 64)
	n, err := output.Read(first)
	check(t, err)
	time.AfterFunc(moment, func() { c.Process.Kill() }) // SIGKILL
	rest, err := io.ReadAll(output)
	check(t, err)
	if err := c.Wait(); err == nil {
		t.Fatal("it ended by itself")
	}
	lines := strings.Split(string(append(first[:n], rest...)), "\n")
	epoch, err = strconv.Atoi(lines[len(lines)-2]) // after the last \n there may be a part of one
	check(t, err)
	return epoch
}

// harness kills a task again and again, and returns what was wrong with a file
// that it found, or nil.
func harness(t *testing.T, task string, times int, seed uint64) error {
	folder := t.TempDir()
	path := filepath.Join(folder, "run")
	random, inTheMiddle := rand.New(rand.NewPCG(seed, 0)), 0
	for i := range times {
		epoch := killed(t, task, path, time.Duration(random.Int64N(int64(10*time.Millisecond))))
		s, err := LoadSnapshot(path)
		if err != nil {
			return fmt.Errorf("kill %d: %w", i+1, err)
		}
		// The one after may have been written and not yet acknowledged.
		if found := len(s.History().Epochs); found != epoch && found != epoch+1 {
			return fmt.Errorf("kill %d: epoch %d was acknowledged, the file has %d", i+1, epoch, found)
		}
		if left := names(t, folder); len(left) > 2 {
			return fmt.Errorf("kill %d: it left %q", i+1, left)
		} else if len(left) == 2 {
			inTheMiddle++
		}
	}
	t.Logf("%d of %d kills hit a file that was being written", inTheMiddle, times)
	return nil
}

// A process that is killed while it writes checkpoints leaves a whole one, at
// least as new as the last that it acknowledged, and the next process goes on
// from there.
func TestKillWhileCheckpointing(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if err := harness(t, "checkpoint", *kills/2, seed); err != nil {
				t.Error(err)
			}
		})
	}
}

// The same harness finds a file that is not whole if it is written plainly.
func TestKillFindsPlainWrites(t *testing.T) {
	err := harness(t, "plain checkpoint", 10**kills, 3)
	if !errors.Is(err, models.ErrCorrupt) {
		t.Errorf("all files were whole: %v", err)
	}
	t.Log(err)
}
