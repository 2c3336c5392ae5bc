package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"

	"adjoint/graph"
	"adjoint/internal/safetensors"
	"adjoint/optim"
)

// Rank returns the rank of this process in the Group of the training, 0 without one. A
// Callback that writes files does so on rank 0.
func (t *Training) Rank() int {
	if t.options.Group == nil {
		return 0
	}
	return t.options.Group.Rank()
}

// together returns err, or that of another process of the group. So none goes on, and waits
// for one that does not.
func together(g optim.Group, err error) error {
	if g == nil {
		return err
	}
	return g.Agree(err)
}

// agree returns err, or why another process of the group fails or stops.
func (t *Training) agree(err error) error {
	failed, stopped := err, error(nil)
	if errors.Is(err, ErrStop) {
		failed, stopped = nil, err
	}
	if err := together(t.options.Group, failed); err != nil {
		return err
	}
	if err := together(t.options.Group, stopped); err != nil && stopped == nil {
		return fmt.Errorf("%w: %w", ErrStop, err)
	}
	return stopped
}

// A sameJSON is what all processes of a group have to have in common, so that they end with
// the same bits. What is long is its SHA-256. An error says the names.
type sameJSON struct {
	Program string `json:"program"`
	Kernels string `json:"instruction set"`

	settingsJSON
	record
	Epochs      int      `json:"epochs"`
	TrainScores bool     `json:"scores of the training rows"`
	Validation  string   `json:"validation data"`
	Metrics     []string `json:"metrics"`

	Formula string `json:"formula"`
	Epoch   int    `json:"epoch to begin after"`
	Weights string `json:"weights to begin with"`
}

// same returns what this process has.
func (t *Training) same() (s sameJSON, err error) {
	if s.settingsJSON, err = t.settings(t.history.Steps); err != nil {
		return s, err
	}
	if v := t.options.Validation; v != nil {
		if s.Validation, err = rowsDigest(v, nil); err != nil {
			return s, err
		}
	}
	weights := &safetensors.File{}
	for i, n := range t.moving {
		weights.Tensors = append(weights.Tensors, safetensors.Of(fmt.Sprint(i), n.Value()))
	}
	if s.Weights, err = digestOf(weights); err != nil {
		return s, err
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		s.Program = info.String()
	}
	for _, m := range t.options.Metrics {
		s.Metrics = append(s.Metrics, m.Name)
	}
	s.Kernels, s.Epochs, s.Epoch, s.TrainScores = graph.Kernels(), t.options.Epochs, t.epoch, t.options.TrainScores
	s.record, _ = t.scorer.record()
	s.Formula = fmt.Sprintf("%x", sha256.Sum256([]byte(t.scorer.formula.Cost.String())))
	return s, nil
}

// alike returns an error on every process of the group if one of them differs from rank 0,
// which names the process and what differs.
func (t *Training) alike() error {
	g := t.options.Group
	if g == nil || g.Size() == 1 {
		return nil
	}
	same, err := t.same()
	var mine []byte
	if err == nil {
		mine, err = json.Marshal(same)
	}
	if err := g.Agree(err); err != nil {
		return err
	}
	first, err := fromFirst(g, mine)
	if err == nil {
		err = unlikeFirst(first, mine)
	}
	return g.Agree(err)
}

// fromFirst returns the bytes that rank 0 has.
func fromFirst(g optim.Group, mine []byte) ([]byte, error) {
	var length [8]byte
	if g.Rank() != 0 {
		if err := g.Exchange(0, nil, length[:]); err != nil {
			return nil, err
		}
		first := make([]byte, binary.LittleEndian.Uint64(length[:]))
		return first, g.Exchange(0, nil, first)
	}
	binary.LittleEndian.PutUint64(length[:], uint64(len(mine)))
	for r := 1; r < g.Size(); r++ {
		if err := errors.Join(g.Exchange(r, length[:], nil), g.Exchange(r, mine, nil)); err != nil {
			return nil, err
		}
	}
	return mine, nil
}

// unlikeFirst returns an error that names the first thing in which this process differs from
// rank 0, if it does.
func unlikeFirst(first, mine []byte) error {
	key, was, is, err := firstDifference(json.RawMessage(first), json.RawMessage(mine))
	if err == nil && key != "" {
		err = fmt.Errorf("%w: the %s of this process differs from that of rank 0: %.200s, there %.200s", ErrOption, key, is, was)
	}
	return err
}
