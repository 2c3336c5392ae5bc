package optim

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"adjoint/graph"
	"adjoint/internal/grouptest"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A regression is a ridge of a small network, over 37 examples.
type regression struct {
	x, y, mean, penalty *graph.Node
	params              []*graph.Node
}

const examples = 37

func newRegression(dtype tensor.Dtype) *regression {
	g := graph.NewOf(dtype)
	r := &regression{x: g.Input("x", 3, graph.Batch), y: g.Input("y", 1, graph.Batch)}
	w, b := g.Param("w", normals(dtype, 1, 4, 3)), g.Param("b", normals(dtype, 2, 4, 1))
	v := g.Param("v", normals(dtype, 3, 1, 4))
	r.params = []*graph.Node{w, b, v}
	a := ops.MatMul(v, ops.Tanh(ops.Bias(b, ops.MatMul(w, r.x))))
	r.mean = ops.Mean(ops.SquaredError(a, r.y))
	r.penalty = ops.Scale(0.01, ops.Add(ops.Sum(ops.Square(w)), ops.Sum(ops.Square(v))))
	return r
}

func normals(dtype tensor.Dtype, seed uint64, m, n int) *tensor.Dense {
	draws := rand.New(rand.NewPCG(seed, 0))
	v := tensor.New(tensor.Of(dtype), tensor.WithShape(m, n))
	for i := range m * n {
		if dtype == tensor.Float32 {
			v.Float32s()[i] = float32(draws.NormFloat64())
		} else {
			v.Float64s()[i] = draws.NormFloat64()
		}
	}
	return v
}

// columns returns the columns from lo to hi-1 of a matrix.
func columns(v *tensor.Dense, lo, hi int) *tensor.Dense {
	s, err := v.Slice(tensor.S(0, v.Shape()[0]), tensor.S(lo, hi))
	if err != nil {
		panic(err)
	}
	part := s.Materialize().(*tensor.Dense)
	if err := part.Reshape(v.Shape()[0], hi-lo); err != nil {
		panic(err)
	}
	return part
}

// split has o evaluate the regression in parts.
func (r *regression) split(o *Objective, dtype tensor.Dtype, count int, g Group) error {
	x, y := normals(dtype, 4, 3, examples), normals(dtype, 5, 1, examples)
	return o.Split(Parts{Count: count, Group: g, Feed: func(part int) (float64, error) {
		lo, hi := part*examples/count, (part+1)*examples/count
		return float64(hi-lo) / examples, errors.Join(o.Feed(r.x, columns(x, lo, hi)), o.Feed(r.y, columns(y, lo, hi)))
	}}, r.penalty)
}

// trainings move the parameters of an objective in ways of all kinds.
var trainings = map[string]func(o *Objective) error{
	"Adam": func(o *Objective) error {
		opt := &Optimizer{Objective: o, rule: Adam{Rate: 0.01}, Clip: Clip{Norm: 0.5}}
		for range 5 {
			if _, err := opt.StepLoss(); err != nil {
				return err
			}
			if err := opt.Step(); err != nil {
				return err
			}
		}
		return nil
	},
	"LBFGS": func(o *Objective) error {
		_, err := LBFGS{MaxIterations: 8}.Minimize(context.Background(), o)
		return err
	},
	"FISTA": func(o *Objective) error {
		_, err := FISTA{MaxIterations: 8}.Minimize(context.Background(), o)
		return err
	},
}

// train trains in parts, or as a whole for 0 parts, and returns J and the parameters.
func train(how string, dtype tensor.Dtype, count int, g Group) ([]float64, error) {
	r := newRegression(dtype)
	j := r.mean
	if count == 0 {
		j = ops.Add(r.mean, r.penalty)
	}
	o, err := NewObjective(j, r.params...)
	if err != nil {
		return nil, err
	}
	if count > 0 {
		err = r.split(o, dtype, count, g)
	} else {
		err = errors.Join(o.Feed(r.x, normals(dtype, 4, 3, examples)), o.Feed(r.y, normals(dtype, 5, 1, examples)))
	}
	if err != nil {
		return nil, err
	}
	if err := trainings[how](o); err != nil {
		return nil, err
	}
	loss, err := o.Loss()
	end := []float64{loss}
	for _, w := range r.params {
		end = append(end, graph.Values[float64](w.Value())...)
	}
	return end, err
}

// Any number of processes end with the bits of one, and those are, to rounding, what the
// batch as a whole gives.
func TestPartsBitsOfEveryGroup(t *testing.T) {
	for how := range trainings {
		for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 1e-3} {
			whole, err := train(how, dtype, 0, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, count := range []int{1, 3, 8} {
				alone, err := train(how, dtype, count, nil)
				if err != nil {
					t.Fatal(err)
				}
				for i := range whole {
					if d := math.Abs(alone[i] - whole[i]); !(d <= tolerance*(1+math.Abs(whole[i]))) {
						t.Errorf("%s, %v, %d parts: %v, as a whole %v", how, dtype, count, alone[i], whole[i])
					}
				}
				for size := 1; size <= count; size++ {
					err := grouptest.Together(size, func(g *grouptest.Member) error {
						end, err := train(how, dtype, count, g)
						if err == nil && !slices.Equal(end, alone) {
							err = fmt.Errorf("%s, %v, rank %d of %d, %d parts: %v, alone %v", how, dtype, g.Rank(), size, count, end, alone)
						}
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			}
		}
	}
}

// A part that diverges, or cannot be fed, ends the step on every rank, and moves nothing.
func TestPartsFailOnEveryRank(t *testing.T) {
	bad := errors.New("no such row")
	for name, failure := range map[string]error{"feed": bad, "diverged": nil} {
		var mu sync.Mutex
		ended := 0
		err := grouptest.Together(4, func(g *grouptest.Member) error {
			r := newRegression(tensor.Float64)
			o, err := Minimize(r.mean, SGD{Rate: 0.1}, r.params...)
			if err != nil {
				return err
			}
			before := slices.Clone(r.params[0].Value().Float64s())
			err = o.Split(Parts{Count: 8, Group: g, Feed: func(part int) (float64, error) {
				x := normals(tensor.Float64, 4, 3, 2)
				if part == 6 {
					x.Float64s()[0] = math.NaN()
				}
				err := errors.Join(o.Feed(r.x, x), o.Feed(r.y, normals(tensor.Float64, 5, 1, 2)))
				if part == 6 && err == nil {
					err = failure
				}
				return 1. / 8, err
			}}, nil)
			if err != nil {
				return err
			}
			err = o.Step()
			if want := errors.Is(err, ErrDiverged); failure == nil && !want || failure != nil && !errors.Is(err, failure) {
				return fmt.Errorf("rank %d: %v", g.Rank(), err)
			}
			if failure == nil && !strings.Contains(err.Error(), "rank 3: on part 7 of the batch, of 8, J or its gradient is not finite") {
				return fmt.Errorf("rank %d is not told who: %v", g.Rank(), err)
			}
			if !slices.Equal(before, r.params[0].Value().Float64s()) {
				return fmt.Errorf("rank %d: the parameters have moved", g.Rank())
			}
			mu.Lock()
			ended++
			mu.Unlock()
			return nil
		})
		if err != nil || ended != 4 {
			t.Errorf("%s: %v; %d ranks ended", name, err, ended)
		}
	}
}

// −0 of one part and nothing of the next is 0, whoever adds them.
func TestEmptyPartIsZero(t *testing.T) {
	for size := 1; size <= 2; size++ {
		err := grouptest.Together(size, func(g *grouptest.Member) error {
			f := graph.New()
			w := f.Param("w", tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float64{1})))
			x := f.Input("x", 1, 1)
			o, err := NewObjective(ops.Sum(ops.Mul(w, x)), w)
			if err != nil {
				return err
			}
			err = o.Split(Parts{Count: 2, Group: g, Feed: func(part int) (float64, error) {
				negative := tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float64{math.Copysign(0, -1)}))
				return float64(1 - part), o.Feed(x, negative)
			}}, nil)
			if err != nil {
				return err
			}
			grad, err := o.Gradient()
			if err == nil && math.Signbit(grad[0].Float64s()[0]) {
				err = fmt.Errorf("of %d ranks, rank %d has −0", size, g.Rank())
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// A search that is cancelled on one rank ends on all.
func TestPartsAreCancelled(t *testing.T) {
	for how, search := range map[string]func(ctx context.Context, o *Objective) error{
		"LBFGS": func(ctx context.Context, o *Objective) error { _, err := LBFGS{}.Minimize(ctx, o); return err },
		"FISTA": func(ctx context.Context, o *Objective) error { _, err := FISTA{}.Minimize(ctx, o); return err },
	} {
		grouptest.Together(3, func(g *grouptest.Member) error {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r := newRegression(tensor.Float64)
			o, err := NewObjective(r.mean, r.params...)
			if err == nil {
				err = r.split(o, tensor.Float64, 4, g)
			}
			if err != nil {
				t.Error(err)
				return err
			}
			if g.Rank() == 2 {
				cancel()
			}
			if err := search(ctx, o); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "rank 2") {
				t.Errorf("%s, rank %d: %v", how, g.Rank(), err)
			}
			return nil
		})
	}
}

func TestPartsRefused(t *testing.T) {
	r := newRegression(tensor.Float64)
	o, err := NewObjective(r.mean, r.params...)
	if err != nil {
		t.Fatal(err)
	}
	for count, g := range map[int]Group{0: nil, 3: grouptest.New(4)[0]} {
		if err := o.Split(Parts{Count: count, Group: g}, nil); !errors.Is(err, ErrOption) {
			t.Errorf("%d parts: %v", count, err)
		}
	}
	if err := o.Split(Parts{Count: 1}, r.x); !errors.Is(err, graph.ErrNotScalar) {
		t.Errorf("the rest is no scalar: %v", err)
	}
}
