package models

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/safetensors"
	"adjoint/optim"
)

// A settingsJSON holds the options and the data of a training. They are compared when
// the training is resumed, so that a difference is an error and not a silent change.
type settingsJSON struct {
	Rule      ruleJSON   `json:"rule"`
	Schedule  string     `json:"schedule"` // some of its factors
	Clip      optim.Clip `json:"clip"`
	Batch     int        `json:"batch"`
	Average   float64    `json:"average,omitempty"`
	Parts     int        `json:"parts,omitempty"` // of a batch, if there are several
	NoShuffle bool       `json:"no_shuffle"`
	Window    int        `json:"window,omitempty"`
	Augment   *ruleJSON  `json:"augment,omitempty"`
	Data      string     `json:"data"` // SHA-256 of the training rows and their weights
}

// A ruleJSON names a rule: Options is the rule as JSON, or null if it has none.
type ruleJSON struct {
	Type    string          `json:"type"`
	Rate    float64         `json:"rate"`
	Options json.RawMessage `json:"options"`
}

// settings returns the settings of t after so many steps.
func (t *Training) settings(steps int) (n settingsJSON, err error) {
	o := t.options
	rule := ruleJSON{Type: fmt.Sprintf("%T", o.Rule), Rate: o.Rule.LearningRate()}
	if text, err := json.Marshal(o.Rule); err == nil {
		rule.Options = text
	}
	if t.digest == "" {
		if t.digest, err = rowsDigest(t.train, t.feeding.weights); err != nil {
			return n, err
		}
	}
	n = settingsJSON{
		Rule: rule, Schedule: scheduleSamples(o.Schedule, steps), Clip: o.Clip, Batch: o.Batch, NoShuffle: o.NoShuffle, Data: t.digest,
		Average: o.Average, Window: o.Window,
	}
	if o.Parts > 1 {
		n.Parts = o.Parts
	}
	if o.Augment != nil {
		n.Augment = &ruleJSON{Type: fmt.Sprintf("%T", o.Augment)}
		if text, err := json.Marshal(o.Augment); err == nil {
			n.Augment.Options = text
		}
	}
	if o.FullBatch {
		n.Batch = t.train.Rows()
	}
	return n, nil
}

// scheduleSamples prints the values of a schedule at some steps. They stand for the
// schedule, because functions cannot be compared.
func scheduleSamples(s optim.Schedule, steps int) string {
	var b strings.Builder
	at := func(k int) { fmt.Fprintf(&b, "%d: %.6g, ", k, s.At(k)) }
	at(0)
	for k := 1; k <= 1<<20; k *= 2 {
		at(k)
	}
	for k := range 10 {
		at(steps + k)
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// rowsDigest returns the SHA-256 of rows and of their weights, which may be nil, as a file. The digest of a file of rows takes the
// place of their features: what is made of these, by a preparer or a scaler, a model tells of itself.
func rowsDigest(d *data.Dataset, weights []float64) (string, error) {
	rows := &safetensors.File{}
	add := func(name string, v []float64, shape ...int) {
		rows.Tensors = append(rows.Tensors, safetensors.Tensor{Name: name, Shape: shape, F64: v})
	}
	n := d.Rows()
	switch s := d.Sparse; {
	case d.Mapped != nil:
		rows.Metadata = map[string]string{"rows": d.Mapped.Digest()}
	case s != nil && len(s.Values) == 0:
		add("x.starts", floats(s.Starts), len(s.Starts))
	case s != nil:
		add("x", s.Values, len(s.Values))
		add("x.starts", floats(s.Starts), len(s.Starts))
		add("x.columns", floats(s.Columns), len(s.Columns))
	default:
		add("x", d.X, n, len(d.Features))
	}
	if d.Y != nil {
		add("y", d.Y, n)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Beside)) {
		b := d.Beside[name]
		add("beside."+name, b.X, n, len(b.Features))
	}
	if weights != nil {
		add("weights", weights, n)
	}
	return digestOf(rows)
}

func floats[T int | int32](v []T) []float64 {
	list := make([]float64, len(v))
	for i, x := range v {
		list[i] = float64(x)
	}
	return list
}

func digestOf(f *safetensors.File) (string, error) {
	sum := sha256.New()
	err := f.Write(sum)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// resume sets t to the state of s. A nil s means to start from the beginning.
func (t *Training) resume(s *Snapshot) error {
	if s == nil {
		return nil
	}
	model, err := t.scorer.content()
	if err != nil {
		return err
	}
	epoch, step := len(s.history.Epochs), s.history.Steps
	settings, err := t.settings(step)
	if err != nil {
		return err
	}
	if err := cmp.Or(s.model.difference(model), difference(s.settings, settings)); err != nil {
		return err
	}
	if t.options.Epochs < epoch || step != epoch*t.batches.Len() {
		return fmt.Errorf("%w: to go from epoch %d and step %d to epoch %d", ErrResume, epoch, step, t.options.Epochs)
	}
	if err := t.SetWeights(s.weights); err != nil {
		return err
	}
	if err := t.opt.SetState(s.state()); err != nil {
		return err
	}
	t.kept, t.epoch, t.history, t.finite = s.kept, epoch, s.History(), valuesOf(t.moving)
	t.history.Kernels = graph.Kernels()
	t.opt.Factor = s.factor
	t.averages.other, t.averages.in = s.averaged, s.averaged != nil
	return nil
}

// weightsAfter returns the weights after an epoch: the last one, or one whose weights
// the snapshot has kept.
func (t *Training) weightsAfter(epoch int) (values, error) {
	if epoch == t.epoch {
		return valuesOf(t.moving), nil
	}
	if w := t.kept[epoch]; w != nil {
		return w, nil
	}
	return nil, fmt.Errorf("%w: epoch %d is the best, and its weights were not kept", ErrResume, epoch)
}

// difference returns an error that names the first thing in which a model of a snapshot and
// that of a training differ, if they do.
func (c content) difference(training content) error {
	if err := difference(c.record, training.record); err != nil {
		return err
	}
	if err := sameFormula(c.formula, training.formula); err != nil {
		return fmt.Errorf("%w: %w", ErrResume, err)
	}
	return nil
}

// sameFormula returns an error that shows the first node in which two formulas differ, if they
// do.
func sameFormula(was, is []byte) error {
	old, now := strings.Split(string(was), "\n"), strings.Split(string(is), "\n")
	for i := range max(len(old), len(now)) {
		line := func(text []string) string {
			if i < len(text) {
				return text[i]
			}
			return ""
		}
		if a, b := line(old), line(now); a != b {
			return fmt.Errorf("line %d of the formula is %.200s, the file has %.200s", i+1, b, a)
		}
	}
	return nil
}

// difference returns an error that names the first field in which the JSON of a
// snapshot and that of a training differ, if they do.
func difference(snapshot, training any) error {
	key, was, is, err := firstDifference(snapshot, training)
	if err == nil && key != "" {
		err = fmt.Errorf("%w: %s is %.200q, the snapshot has %.200q", ErrResume, key, is, was)
	}
	return err
}

// firstDifference returns the first field in which the JSON of a and b differ, and what they
// have there; "" if they do not. Of networks it is the first field in which these differ.
func firstDifference(a, b any) (key string, was, is json.RawMessage, err error) {
	fieldsA, err := fields(a)
	if err != nil {
		return "", nil, nil, err
	}
	fieldsB, err := fields(b)
	if err != nil {
		return "", nil, nil, err
	}
	all := maps.Clone(fieldsA)
	maps.Copy(all, fieldsB)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		was, is := fieldsA[key], fieldsB[key]
		switch {
		case string(was) == string(is):
		case key == "network" && was != nil && is != nil:
			return firstDifference(was, is)
		default:
			return key, was, is, nil
		}
	}
	return "", nil, nil, nil
}

func fields(note any) (map[string]json.RawMessage, error) {
	text, err := json.Marshal(note)
	if err != nil {
		return nil, err
	}
	var f map[string]json.RawMessage
	return f, json.Unmarshal(text, &f)
}
