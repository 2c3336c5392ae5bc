package models

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"adjoint/graph"
	"adjoint/internal/safetensors"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A Snapshot is a training at the end of an epoch, with all that it takes to go
// on from there: see [FitOptions].Resume. It holds the weights, what the rule
// remembers of each, the number of steps, which says where the schedule is and
// how batches are shuffled and dropout is drawn, the history, and the weights that
// EarlyStopping keeps. It does not change.
type Snapshot struct {
	file     *safetensors.File
	model    description
	training trainingNote
}

// A trainingNote is what a file says of a training beside its numbers, as JSON.
type trainingNote struct {
	Epoch     int          `json:"epoch"`    // epochs completed
	Slots     int          `json:"slots"`    // numbers that the rule remembers for each weight
	RuleSteps int          `json:"steps"`    // that the rule has taken
	Kept      []int        `json:"kept"`     // epochs whose weights EarlyStopping keeps
	Settings  settingsNote `json:"settings"` // what has to be given again
	History   *History     `json:"history"`
}

// Names of tensors, beside those of the weights, which have no dot.
func slotName(k int, weight string) string     { return fmt.Sprintf("slot%d.%s", k+1, weight) }
func keptName(epoch int, weight string) string { return fmt.Sprintf("epoch%d.%s", epoch, weight) }

// Snapshot returns the training as it is. It is meant for Callback.EpochEnd: at
// other times than the end of an epoch the error wraps ErrOption. It wraps
// ErrNotSavable as that of Save does.
func (t *Training) Snapshot() (*Snapshot, error) {
	if t.over || t.history.Steps != t.epoch*t.batches.Len() {
		return nil, fmt.Errorf("%w: a snapshot of a training that is not at the end of an epoch", ErrOption)
	}
	model, err := t.scorer.describe()
	if err != nil {
		return nil, err
	}
	settings, err := t.settings(t.history.Steps)
	if err != nil {
		return nil, err
	}
	state, kept := t.opt.State(), t.keeps()
	s := &Snapshot{
		file:  &safetensors.File{Metadata: map[string]string{versionKey: version}},
		model: model,
		training: trainingNote{
			Epoch: t.epoch, RuleSteps: state.Steps, Slots: t.options.Rule.Slots(),
			Kept: slices.Sorted(maps.Keys(kept)), Settings: settings, History: t.history.clone(),
		},
	}
	for i, w := range t.Weights() {
		name := t.net.Params[i].Name()
		s.file.Tensors = append(s.file.Tensors, fileTensor(name, w))
		for k, v := range state.Slots[i] {
			slot := denseOf(w.Dtype(), v, w.Shape()...)
			s.file.Tensors = append(s.file.Tensors, fileTensor(slotName(k, name), slot))
		}
		for epoch, weights := range kept {
			s.file.Tensors = append(s.file.Tensors, fileTensor(keptName(epoch, name), weights[i]))
		}
	}
	if err := note(s.file, modelKey, s.model); err != nil {
		return nil, err
	}
	return s, note(s.file, trainingKey, s.training)
}

// keeps returns the weights that Callbacks keep, by epoch.
func (t *Training) keeps() map[int][]*tensor.Dense {
	kept := map[int][]*tensor.Dense{}
	for _, c := range t.options.Callbacks {
		if c, ok := c.(interface{ keeps() (int, []*tensor.Dense) }); ok {
			if epoch, weights := c.keeps(); weights != nil {
				kept[epoch] = weights
			}
		}
	}
	return kept
}

// Save writes the snapshot, in the format of a model: Load reads the model as it
// was at that epoch.
func (s *Snapshot) Save(w io.Writer) error { return s.file.Write(w) }

// History returns a copy of the history up to the snapshot.
func (s *Snapshot) History() *History { return s.training.History.clone() }

// LoadSnapshot reads a snapshot that Save wrote. Errors are those of [Load]; a
// model that is no snapshot is ErrFormat.
func LoadSnapshot(r io.Reader) (*Snapshot, error) {
	file, err := readFile(r)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{file: file}
	if err := denote(file, modelKey, &s.model); err != nil {
		return nil, err
	}
	if err := denote(file, trainingKey, &s.training); err != nil {
		return nil, err
	}
	if s.training.History == nil || s.training.Epoch != len(s.training.History.Epochs) {
		return nil, fmt.Errorf("%w: %d epochs, and another history", ErrCorrupt, s.training.Epoch)
	}
	return s, nil
}

// tensors returns the tensors of a name for each parameter.
func (s *Snapshot) tensors(params []*graph.Node, name func(weight string) string) ([]*tensor.Dense, error) {
	found := make([]*tensor.Dense, len(params))
	for i, p := range params {
		j := slices.IndexFunc(s.file.Tensors, func(t safetensors.Tensor) bool { return t.Name == name(p.Name()) })
		if j < 0 {
			return nil, fmt.Errorf("%w: there is no %s", ErrCorrupt, name(p.Name()))
		}
		var err error
		if found[i], err = denseTensor(s.file.Tensors[j]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// state returns what the rule remembers, to go with these parameters.
func (s *Snapshot) state(params []*graph.Node) (optim.State, error) {
	state := optim.State{Rule: s.training.Settings.Rule.Type, Steps: s.training.RuleSteps, Slots: make([][][]float64, len(params))}
	for k := range s.training.Slots {
		slots, err := s.tensors(params, func(weight string) string { return slotName(k, weight) })
		if err != nil {
			return state, err
		}
		for i, v := range slots {
			state.Slots[i] = append(state.Slots[i], appendEntries(nil, v))
		}
	}
	return state, nil
}

// clone returns a copy to which epochs can be added.
func (h *History) clone() *History {
	c := *h
	c.Epochs, c.Costs, c.Warnings = slices.Clone(h.Epochs), slices.Clone(h.Costs), slices.Clone(h.Warnings)
	return &c
}
