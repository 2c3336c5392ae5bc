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
// on from there: see [FitOptions].Resume. It holds the weights, the state of the rule,
// the history, and the weights that EarlyStopping keeps. The number of steps, which
// the schedule, the batches and dropout depend on, is in the history. A Snapshot does
// not change.
type Snapshot struct {
	model    content // without the tensors of names
	settings settingsJSON
	history  *History
	factor   float64 // of the rate, see Training.ScaleRate; 0 is 1

	names    []string       // of the parameters, then of the states
	params   int            // how many of them are parameters
	weights  values         // one for each name
	kept     map[int]values // the same
	slots    []values       // by slot of the rule, one for each parameter
	averaged values         // the weights of which the parameters are averages, see FitOptions.Average
}

// A trainingJSON is the part of a file that says how a training goes on, except for
// its tensors.
type trainingJSON struct {
	Epoch     int          `json:"epoch"` // epochs completed
	Slots     int          `json:"slots"` // numbers that the rule remembers for each weight
	RuleSteps int          `json:"steps"` // that the rule has taken
	Averaged  bool         `json:"averaged,omitempty"`
	Factor    float64      `json:"factor,omitempty"` // of the rate
	Kept      []int        `json:"kept"`             // epochs whose weights EarlyStopping keeps
	Settings  settingsJSON `json:"settings"`         // what has to be given again
	History   *History     `json:"history"`
}

// Prefixes of the names of tensors. A weight has none.
func slotPrefix(k int) string     { return fmt.Sprintf("%sslot%d.", trainingPrefix, k+1) }
func keptPrefix(epoch int) string { return fmt.Sprintf("%sepoch%d.", trainingPrefix, epoch) }

const averagedPrefix = trainingPrefix + "averaged."

// Snapshot returns the training as it is. It is meant for Callback.EpochEnd: at
// other times than the end of an epoch the error wraps ErrOption. It wraps
// ErrNotSavable as that of Save does.
func (t *Training) Snapshot() (*Snapshot, error) {
	if t.ended || t.history.Steps != t.epoch*t.batches.Len() {
		return nil, fmt.Errorf("%w: a snapshot of a training that is not at the end of an epoch", ErrOption)
	}
	model, err := t.scorer.content()
	if err != nil {
		return nil, err
	}
	settings, err := t.settings(t.history.Steps)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{
		model: model, settings: settings, history: t.history.clone(), factor: t.opt.Factor, params: len(t.scorer.formula.Params),
		weights: valuesOf(t.moving), slots: make([]values, t.options.Rule.Slots()), kept: t.keptWeights(),
	}
	if t.averages.in {
		s.averaged = t.averages.other
	}
	for _, n := range t.moving {
		s.names = append(s.names, n.Name())
		delete(s.model.tensors, n.Name())
	}
	for i, slots := range t.opt.State().Slots {
		w := s.weights[i]
		for k, v := range slots {
			s.slots[k] = append(s.slots[k], denseOf(w.Dtype(), v, w.Shape()...))
		}
	}
	if _, err := s.encode(); err != nil {
		return nil, err
	}
	return s, nil
}

// keptWeights returns the weights that Callbacks keep, by epoch.
func (t *Training) keptWeights() map[int]values {
	kept := map[int]values{}
	for _, c := range t.options.Callbacks {
		if c, ok := c.(interface{ keptWeights() (int, values) }); ok {
			if epoch, weights := c.keptWeights(); weights != nil {
				kept[epoch] = weights
			}
		}
	}
	return kept
}

// Save writes the snapshot, in the format of a model: Load reads the model as it
// was at that epoch.
func (s *Snapshot) Save(w io.Writer) error {
	file, err := s.encode()
	if err != nil {
		return err
	}
	return file.Write(w)
}

// History returns a copy of the history up to the snapshot.
func (s *Snapshot) History() *History { return s.history.clone() }

// encode returns the snapshot as a file.
func (s *Snapshot) encode() (*safetensors.File, error) {
	file, err := s.model.file()
	if err != nil {
		return nil, err
	}
	add := func(prefix string, list values) {
		for i, v := range list {
			file.Tensors = append(file.Tensors, safetensors.Of(prefix+s.names[i], v))
		}
	}
	add("", s.weights)
	add(averagedPrefix, s.averaged)
	for k, slot := range s.slots {
		add(slotPrefix(k), slot)
	}
	for epoch, weights := range s.kept {
		add(keptPrefix(epoch), weights)
	}
	training := trainingJSON{
		Epoch: len(s.history.Epochs), RuleSteps: s.history.Steps, Slots: len(s.slots),
		Kept: slices.Sorted(maps.Keys(s.kept)), Settings: s.settings, History: s.history,
		Averaged: s.averaged != nil, Factor: s.factor,
	}
	return file, encode(file, trainingKey, training)
}

// LoadSnapshot reads a snapshot that Save wrote. Errors are those of [Load]; a
// model that is no snapshot is ErrFormat, as is a snapshot of an older version, which Load
// reads as a model.
func LoadSnapshot(r io.Reader) (*Snapshot, error) {
	file, of, err := readFile(r)
	if err != nil {
		return nil, err
	}
	var training trainingJSON
	if err := decode(file, trainingKey, &training); err != nil {
		return nil, err
	}
	if of != version {
		return nil, fmt.Errorf("%w: a training of version %s cannot go on; Load reads its model, from whose weights another can begin", ErrFormat, of)
	}
	s := &Snapshot{settings: training.Settings, history: training.History, factor: training.Factor}
	if h := s.history; h == nil || len(h.Epochs) != training.Epoch || h.Steps != training.RuleSteps || h.Steps < 0 {
		return nil, fmt.Errorf("%w: %d epochs and %d steps, and another history", ErrCorrupt, training.Epoch, training.RuleSteps)
	}
	model, tensors, err := contentOf(file)
	if err != nil {
		return nil, err
	}
	return s, s.take(model, tensors, training)
}

// take sets the model and the tensors of s to those of a file. The file has to have exactly
// the tensors that the model and the training need.
func (s *Snapshot) take(model content, tensors map[string]*tensor.Dense, training trainingJSON) error {
	s.model = model
	s.model.tensors = maps.Clone(model.tensors)
	f, err := model.fitted()
	if err == nil {
		err = noneLeft(model.tensors)
	}
	if err != nil {
		return err
	}
	moving := slices.Concat(f.formula.Params, f.formula.States)
	if s.params = len(f.formula.Params); s.params == 0 {
		return fmt.Errorf("%w: a model without parameters", ErrCorrupt)
	}
	for _, n := range moving {
		s.names = append(s.names, n.Name())
		delete(s.model.tensors, n.Name())
	}
	s.weights = valuesOf(moving)
	if training.Averaged {
		if s.averaged, err = takeLike(moving, tensors, averagedPrefix); err != nil {
			return err
		}
	}
	for k := range training.Slots {
		slot, err := takeLike(moving[:s.params], tensors, slotPrefix(k))
		if err != nil {
			return err
		}
		s.slots = append(s.slots, slot)
	}
	s.kept = map[int]values{}
	for _, epoch := range training.Kept {
		if s.kept[epoch], err = takeLike(moving, tensors, keptPrefix(epoch)); err != nil {
			return err
		}
	}
	return noneLeft(tensors)
}

// takeLike takes a tensor for each of nodes away from tensors. Their names are those of the
// nodes with a prefix.
func takeLike(nodes []*graph.Node, tensors map[string]*tensor.Dense, prefix string) (taken values, err error) {
	for _, n := range nodes {
		name := prefix + n.Name()
		w := tensors[name]
		switch {
		case w == nil:
			return nil, fmt.Errorf("%w: there is no %s", ErrCorrupt, name)
		case !slices.Equal(w.Shape(), n.Value().Shape()):
			return nil, fmt.Errorf("%w: %s has shape %v, want %v", ErrCorrupt, name, w.Shape(), n.Shape())
		case w.Dtype() != n.Value().Dtype():
			return nil, fmt.Errorf("%w: %s is of %v, want %v", ErrCorrupt, name, w.Dtype(), n.Value().Dtype())
		}
		delete(tensors, name)
		taken = append(taken, w)
	}
	return taken, nil
}

// state returns the state of the rule.
func (s *Snapshot) state() optim.State {
	state := optim.State{Rule: s.settings.Rule.Type, Steps: s.history.Steps, Slots: make([][][]float64, s.params)}
	for _, slot := range s.slots {
		for i, v := range slot {
			state.Slots[i] = append(state.Slots[i], graph.Values[float64](v))
		}
	}
	return state
}

// clone returns a copy to which epochs can be added.
func (h *History) clone() *History {
	c := *h
	c.Epochs, c.Costs, c.Warnings = slices.Clone(h.Epochs), slices.Clone(h.Costs), slices.Clone(h.Warnings)
	return &c
}
