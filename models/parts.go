package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"adjoint/graph"
	"adjoint/internal/safetensors"
	"adjoint/optim"
)

// inParts reports whether batches are cut into parts.
func (t *Training) inParts() bool { return t.options.Parts > 1 || t.options.Group != nil }

// Rank returns the rank of this process in the Group of the training, 0 without one. A
// Callback that writes files does so on rank 0.
func (t *Training) Rank() int {
	if t.options.Group == nil {
		return 0
	}
	return t.options.Group.Rank()
}

// split has the cost be evaluated on the parts of these rows from now on.
func (t *Training) split(ctx context.Context, rows []int) error {
	cut := t.batch != nil
	t.batch = rows
	if cut {
		return nil
	}
	return t.opt.Split(optim.Parts{
		Count: t.options.Parts, Group: t.options.Group,
		Feed: func(part int) (float64, error) { return t.feedPart(ctx, part) },
	}, nil)
}

// feedPart feeds a part of the batch, and returns its share of the batch: 0 for a part
// without rows, as a small last batch has.
func (t *Training) feedPart(ctx context.Context, part int) (float64, error) {
	if ctx.Err() != nil {
		return 0, cancelled(ctx)
	}
	n, parts := len(t.batch), t.options.Parts
	rows := t.batch[part*n/parts : (part+1)*n/parts]
	if len(rows) == 0 {
		return 0, nil
	}
	return float64(len(rows)) / float64(n), t.feed(rows)
}

// agree returns err, or why another process of the group fails or stops.
func (t *Training) agree(err error) error {
	g := t.options.Group
	if g == nil {
		return err
	}
	failed, stopped := err, error(nil)
	if errors.Is(err, ErrStop) {
		failed, stopped = nil, err
	}
	if err := g.Agree(failed); err != nil {
		return err
	}
	if err := g.Agree(stopped); err != nil && stopped == nil {
		return fmt.Errorf("%w: %w", ErrStop, err)
	}
	return stopped
}

// alike returns an error on every process of the group if one of them differs from rank 0,
// which names what differs.
func (t *Training) alike() error {
	g := t.options.Group
	if g == nil || g.Size() == 1 {
		return nil
	}
	settings, err := t.settings(t.history.Steps)
	if err := g.Agree(err); err != nil {
		return err
	}
	rows := settings.Data
	settings.Data = ""
	options, err := json.Marshal(settings)
	if err := g.Agree(err); err != nil {
		return err
	}
	weights := &safetensors.File{}
	for i, n := range t.moving {
		weights.Tensors = append(weights.Tensors, safetensors.Of(fmt.Sprint(i), n.Value()))
	}
	var start bytes.Buffer
	if err := g.Agree(weights.Write(&start)); err != nil {
		return err
	}
	for _, of := range []struct {
		what string
		is   []byte
	}{
		{"the options of the training", fmt.Appendf(options, "%d %d", t.options.Epochs, t.epoch)},
		{"the training rows", []byte(rows)},
		{"the formula", []byte(t.scorer.formula.Cost.String())},
		{"the weights at the start", start.Bytes()},
		{"the kernels, and so the instruction set", []byte(graph.Kernels())},
	} {
		if err := same(g, of.what, of.is); err != nil {
			return err
		}
	}
	return nil
}

// same returns an error on every process if one has other bytes than rank 0.
func same(g optim.Group, what string, is []byte) error {
	mine, first := sha256.Sum256(is), [sha256.Size]byte{}
	var err error
	if g.Rank() == 0 {
		for r := 1; r < g.Size() && err == nil; r++ {
			err = g.Exchange(r, mine[:], nil)
		}
	} else {
		if err = g.Exchange(0, nil, first[:]); err == nil && first != mine {
			err = fmt.Errorf("%w: %s differ from those of rank 0", ErrOption, what)
		}
	}
	return g.Agree(err)
}
