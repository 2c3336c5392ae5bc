// Package store keeps models and trainings in files.
//
//	err := store.Save("model.safetensors", m)
//	m, err := store.Load("model.safetensors")
//
// A file is written whole or not at all. Save writes a temporary file in the same
// folder, flushes it to the disk, renames it to the file, and flushes the folder. So
// a reader finds the old file or the new one, even after a crash or a loss of power
// in between. When Save has returned nil it is the new one.
//
// Any number of processes and goroutines may write one file. Each has its own
// temporary file, and holds a lock of the operating system on it, which ends with the
// process. If a process was killed, its temporary file is no longer locked, and the
// next process to write the same file removes it. This works on Linux, macOS, the
// BSDs and Windows. Elsewhere, and on file systems without locks, such files stay.
//
// The format is that of package models: safetensors, with the architecture and a
// SHA-256 over everything as metadata; docs/format.md describes it.
//
// # Checkpoints
//
// A Checkpoint is a Callback that saves a training after some of its epochs. Resume
// continues such a training, with the same bits as if it had never stopped:
//
//	o := models.FitOptions{Epochs: 150, Callbacks: []models.Callback{
//		&store.Checkpoint{Path: "run.safetensors", Every: 5, Best: "best.safetensors"},
//	}}
//	history, err := store.Resume(ctx, "run.safetensors", m, train, o)
//	if errors.Is(err, fs.ErrNotExist) { // the first time
//		history, err = m.Fit(ctx, train, o)
//	}
package store
