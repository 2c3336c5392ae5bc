// Package store keeps models and trainings in files.
//
//	err := store.Save("model.safetensors", m)
//	m, err := store.Load("model.safetensors")
//
// A file is written whole or not at all: into a temporary file beside it, which
// is flushed to the disk and takes its name, and then the folder is flushed too.
// Whoever reads it, also after a crash or a loss of power in the middle, finds the
// file before or the file after. When Save returns nil it is the file after.
//
// Any number of processes and goroutines may write one file. Each has a temporary
// file of its own and holds it by a lock of the system, which ends with the
// process. What a process that was killed has left, nobody holds, and the next to
// write that file removes it. So it is on Linux, macOS, the BSDs and Windows;
// elsewhere, and on file systems without locks, what was left stays.
//
// The format is that of package models: safetensors, with the architecture and a
// SHA-256 over everything as metadata; docs/format.md describes it.
//
// # Checkpoints
//
// A Checkpoint is a Callback that saves a training as it goes on, and Resume goes
// on from there, to the same bits as if it had never stopped:
//
//	o := models.FitOptions{Epochs: 150, Callbacks: []models.Callback{
//		&store.Checkpoint{Path: "run.safetensors", Every: 5, Best: "best.safetensors"},
//	}}
//	history, err := store.Resume(ctx, "run.safetensors", m, train, o)
//	if errors.Is(err, fs.ErrNotExist) { // the first time
//		history, err = m.Fit(ctx, train, o)
//	}
package store
