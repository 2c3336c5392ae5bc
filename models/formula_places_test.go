package models_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
	"adjoint/sequence"
)

// tagger is a recurrent network that says at each place of a sequence of any length which of three classes it has.
func tagger(t *testing.T) *models.Formula {
	t.Helper()
	g, T := graph.New(), graph.Extent("T")
	x, y := g.Input("x", 1, T, graph.Batch), g.Input("tags", 1, T, graph.Batch)
	b := models.NewBuilder(g, 1)
	const units = 6
	cell := sequence.RNN(b.Weight(units, 1, nil), b.Weight(units, units, nil), b.Bias(units), ops.Tanh)
	z := sequence.Affine(b.Weight(3, units, nil), b.Bias(3), cell.Over(x, sequence.Options{}))
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Cost: sequence.CrossEntropy(z, y),
		Outputs: []models.Output{{Name: "tag", P: ops.Softmax(z, 0), Kind: models.Categorical, Target: y, Classes: []string{"same", "up", "down"}}},
	})
	check(t, err)
	return f
}

// tagged are rows of 0 and 1 whose tags say how each number differs from the one before; of every third row the
// last place is padding.
func tagged(length int) *data.Dataset {
	d := &data.Dataset{Features: data.Names(length)}
	tags := &data.Dataset{Features: data.Names(length)}
	random := rand.New(rand.NewPCG(1, uint64(length)))
	for i := range 64 {
		before := 0
		for k := range length {
			now := random.IntN(2)
			tag := map[int]float64{0: 0, 1: 1, -1: 2}[now-before]
			if i%3 == 0 && k == length-1 {
				tag = -1
			}
			d.X, tags.X, before = append(d.X, float64(now)), append(tags.X, tag), now
		}
	}
	d.Beside = map[string]*data.Dataset{"tags": tags}
	return d
}

// A model learns classes at each place, predicts them for sequences of other lengths, and its scores are over all
// places but padding; before and after a file.
func TestClassesAtEachPlace(t *testing.T) {
	f := tagger(t)
	must(f.Fit(t.Context(), tagged(6), models.FitOptions{Epochs: 120, Batch: 32, Rule: optim.Adam{Rate: 0.03}}))
	loaded := must(models.Load(bytes.NewReader(saved(t, f))))
	for _, length := range []int{6, 9, 1} {
		d := tagged(length)
		p, s := must(f.Predictions(d)), must(f.Evaluate(d))
		confusion := [3][3]int{}
		right, all := 0, 0
		for i := range d.Rows() {
			for k, tag := range d.Beside["tags"].Row(i) {
				said := p.Places[i][k]
				for c := range 3 {
					if p.Values[i][c*length+k] > p.Values[i][int(said)*length+k] {
						t.Errorf("row %d, place %d: %g, of %v", i, k, said, p.Values[i])
					}
				}
				if tag >= 0 {
					confusion[int(tag)][int(said)]++
					all++
				}
				if tag == said {
					right++
				}
			}
		}
		if got := fmt.Sprint(s.Confusion); got != fmt.Sprint(confusion) || s.Accuracy != float64(right)/float64(all) || s.Rows != d.Rows() {
			t.Errorf("%d places: confusion %s, by hand %v; accuracy %g of %d right", length, got, confusion, s.Accuracy, right)
		}
		if length > 1 && s.Accuracy < 0.99 {
			t.Errorf("%d places: accuracy %.3f", length, s.Accuracy)
		}
		if p.Labels != nil || p.Probabilities != nil || p.Classes != nil || len(p.Places) != d.Rows() {
			t.Errorf("%d places: %v", length, p)
		}
		if a, b := fmt.Sprintf("%+v", *s), fmt.Sprintf("%+v", *must(loaded.Evaluate(d))); a != b {
			t.Errorf("%s and loaded %s", a, b)
		}
	}
}

// A class that there is not, and rows of padding alone, whose loss is 0/0, are errors.
func TestClassesAtEachPlaceRefuse(t *testing.T) {
	f := tagger(t)
	must(f.Fit(t.Context(), tagged(4), models.FitOptions{Epochs: 1}))
	for tag, want := range map[float64]error{3: graph.ErrValue, 0.5: graph.ErrValue, -1: data.ErrNotFinite} {
		d := tagged(4)
		for i := range d.Beside["tags"].X {
			d.Beside["tags"].X[i] = tag
		}
		if _, err := f.Evaluate(d); !errors.Is(err, want) {
			t.Errorf("tag %g: %v, want %v", tag, err, want)
		}
	}
	d := tagged(4)
	d.Beside["tags"] = must(d.Beside["tags"].Select("x0"))
	if _, err := f.Evaluate(d); !errors.Is(err, graph.ErrShape) {
		t.Errorf("one tag a row: %v", err)
	}
}

// Classes at places are compared with their positions. Numbers at places may be one-hot, classes may not.
func TestOneHotAtPlaces(t *testing.T) {
	for kind, want := range map[models.Kind]error{models.Categorical: models.ErrOutputs, models.Numbers: nil} {
		g, T := graph.New(), graph.Extent("T")
		x, y := g.Input("x", 1, T, graph.Batch), g.Input("tags", 3, T, graph.Batch)
		b := models.NewBuilder(g, 1)
		p := ops.Softmax(sequence.Affine(b.Weight(3, 1, nil), b.Bias(3), x), 0)
		f, err := models.New(models.Roles{
			Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Cost: ops.Mean(ops.Square(ops.Sub(p, y))),
			Outputs: []models.Output{{Name: "tag", P: p, Kind: kind, Target: y}},
		})
		check(t, err)
		d := tagged(4)
		d.Beside["tags"] = &data.Dataset{Features: data.Names(12), X: make([]float64, 12*d.Rows())}
		if _, err := f.Fit(t.Context(), d, models.FitOptions{Epochs: 1}); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", kind, err, want)
		}
	}
}
