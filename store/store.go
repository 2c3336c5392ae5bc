package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"adjoint/data"
	"adjoint/models"
)

// Save writes a fitted model to the file at path. Errors are those of the model's
// Save, and of the file system; after one the file that was there still is, unless
// only the folder could not be flushed, or the file be closed: then it is the new
// one. Any number of processes and goroutines may save to one path: every Save
// succeeds, and the file is that of the last.
func Save(path string, m models.Model) error { return Write(path, m.Save) }

// Write makes the file at path hold what write writes, whole or not at all: see
// Save. A file that is there keeps its permissions. A symbolic link stays as it is,
// and the file that it leads to is written, whether it was there or not. What is
// neither a file nor such a link, like a folder or a device, is an error.
func Write(path string, write func(w io.Writer) error) error {
	return replace(system{}, path, write)
}

// Writable reports why Write could not begin to write the file at path: its folder
// is not there or lets no file be made, or what is there is no file. It leaves the
// file as it is, and is meant for before a long training.
func Writable(path string) error {
	f, _, err := system{}.create(path)
	if err != nil {
		return err
	}
	return errors.Join(system{}.remove(f.Name()), f.Close())
}

// Load reads the model in the file at path: a *models.Deep or a *models.Logistic.
// A checkpoint is a model too: that of its epoch. Errors are those of models.Load,
// and of the file system.
func Load(path string) (models.Model, error) {
	return read(path, models.Load)
}

// LoadSnapshot reads the checkpoint in the file at path, for
// models.FitOptions.Resume. Errors are those of models.LoadSnapshot, and of the
// file system.
func LoadSnapshot(path string) (*models.Snapshot, error) {
	return read(path, models.LoadSnapshot)
}

func read[T any](path string, load func(io.Reader) (T, error)) (v T, err error) {
	f, err := open(path)
	if err != nil {
		return v, err
	}
	defer f.Close()
	if v, err = load(f); err != nil {
		return v, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// Resume is m.Fit from the checkpoint at path on, to o.Epochs epochs in all: what
// [models.FitOptions].Resume says. The error wraps fs.ErrNotExist if there is no
// such file.
func Resume(ctx context.Context, path string, m models.Model, d *data.Dataset, o models.FitOptions) (*models.History, error) {
	s, err := LoadSnapshot(path)
	if err != nil {
		return nil, err
	}
	o.Resume = s
	return m.Fit(ctx, d, o)
}
