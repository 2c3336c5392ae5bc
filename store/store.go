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
// Save, and of the file system. After an error the old file is still there, unless only
// flushing the folder or closing the file failed: then it is the new one. Any number of
// processes and goroutines may save to one path: every Save succeeds, and the file is
// that of the last one.
func Save(path string, m models.Model) error { return Write(path, m.Save) }

// Write writes the file at path with the contents that write writes, whole or not at
// all: see Save. An existing file keeps its permissions. If path is a symbolic link,
// the file that it points to is written, whether it exists or not. It is an error if
// path is something else, such as a folder or a device.
func Write(path string, write func(w io.Writer) error) error {
	return replace(system{}, path, write)
}

// Writable returns an error if Write could not begin to write the file at path: the
// folder does not exist or no file can be made in it, or path is not a file. It does not
// change the file. It is meant as a check before a long training.
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

// Resume calls m.Fit to continue from the checkpoint at path, to o.Epochs epochs in all,
// as [models.FitOptions].Resume says. The error wraps fs.ErrNotExist if there is no such
// file.
func Resume(ctx context.Context, path string, m models.Model, d *data.Dataset, o models.FitOptions) (*models.History, error) {
	s, err := LoadSnapshot(path)
	if err != nil {
		return nil, err
	}
	o.Resume = s
	return m.Fit(ctx, d, o)
}
