package models

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"adjoint/data"
)

// A Candidate is a way to make and fit a model.
type Candidate struct {
	Name string

	// New returns a new model and the options to fit it by. It is called once for each
	// training, from several goroutines: what serves one training at a time, such as a
	// Callback, is made anew each time.
	New func() (Model, FitOptions)
}

// CrossOptions say how models are compared.
type CrossOptions struct {
	Folds      int    // 0 is 5
	Seed       uint64 // of the folds
	NoStratify bool   // folds of a classification do not have the classes in the proportions of all rows
	NoShuffle  bool   // see data.FoldOptions
	Parallel   int    // trainings at a time; 0 is GOMAXPROCS
}

// A Comparison is how well candidates did, in their order.
type Comparison struct{ Results []CrossResult }

// A CrossResult is how well a candidate did.
type CrossResult struct {
	Name      string
	Scores    []*Scores  // of each fold, by the model that was fitted to the others
	Histories []*History // of these trainings
}

// CrossValidate fits each candidate once for each fold of the rows of d, to the rows of all
// other folds, and scores it on those of the fold. One candidate is a k-fold
// cross-validation; several, such as one for each setting of a grid, are a comparison:
//
//	var grid []models.Candidate
//	for _, units := range []int{8, 32} {
//		grid = append(grid, models.Candidate{Name: fmt.Sprint(units, " units"), New: func() (models.Model, models.FitOptions) { … }})
//	}
//	c, err := models.CrossValidate(ctx, d, models.CrossOptions{}, grid...)
//	fmt.Print(c) // a table
//
// Trainings run in parallel, and give the same bits as one after the other. If some fail, the
// error is that of the first of these, by candidate and then by fold. If ctx is done it is
// that of Fit.
func CrossValidate(ctx context.Context, d *data.Dataset, o CrossOptions, candidates ...Candidate) (*Comparison, error) {
	if err := o.check(ctx, d, candidates); err != nil {
		return nil, err
	}
	k := cmp.Or(o.Folds, 5)
	folds, err := d.Folds(k, data.FoldOptions{Seed: o.Seed, Stratify: d.Classes != nil && !o.NoStratify, NoShuffle: o.NoShuffle})
	if err != nil {
		return nil, err
	}
	c := &Comparison{Results: make([]CrossResult, len(candidates))}
	for i, candidate := range candidates {
		c.Results[i] = CrossResult{candidate.Name, make([]*Scores, k), make([]*History, k)}
	}
	errs := make([]error, len(candidates)*k)
	inParallel(cmp.Or(o.Parallel, runtime.GOMAXPROCS(0)), len(errs), func(job int) bool {
		i, fold := job/k, job%k
		r := &c.Results[i]
		r.Histories[fold], r.Scores[fold], errs[job] = candidates[i].validate(ctx, d, folds, fold)
		if errs[job] != nil {
			errs[job] = fmt.Errorf("%s, fold %d: %w", cmp.Or(candidates[i].Name, "candidate"), fold+1, errs[job])
		}
		return errs[job] == nil
	})
	return c, cmp.Or(errs...)
}

func (o CrossOptions) check(ctx context.Context, d *data.Dataset, candidates []Candidate) error {
	switch {
	case ctx == nil:
		return fmt.Errorf("%w: nil context", ErrOption)
	case d == nil:
		return fmt.Errorf("%w: nil data set", data.ErrEmpty)
	case len(candidates) == 0:
		return fmt.Errorf("%w: no candidates", ErrOption)
	case slices.ContainsFunc(candidates, func(c Candidate) bool { return c.New == nil }):
		return fmt.Errorf("%w: a candidate without New", ErrOption)
	case o.Parallel < 0:
		return fmt.Errorf("%w: %d trainings at a time", ErrOption, o.Parallel)
	}
	return nil
}

// validate fits the candidate to all rows but those of a fold, and scores it on these.
func (c Candidate) validate(ctx context.Context, d *data.Dataset, folds [][]int, fold int) (*History, *Scores, error) {
	var others []int
	for i, rows := range folds {
		if i != fold {
			others = append(others, rows...)
		}
	}
	slices.Sort(others)
	train, err := d.Subset(others)
	if err != nil {
		return nil, nil, err
	}
	test, err := d.Subset(folds[fold])
	if err != nil {
		return nil, nil, err
	}
	m, o := c.New()
	if o.Group != nil {
		return nil, nil, fmt.Errorf("%w: a cross-validation has several trainings at a time, which cannot share a Group", ErrOption)
	}
	h, err := m.Fit(ctx, train, o)
	if err != nil {
		return h, nil, err
	}
	s, err := m.Evaluate(test)
	return h, s, err
}

// inParallel calls do for the jobs 0, 1, …, so many at a time, which begin in this order. When
// one has returned false none begins any more. It returns when all that began have ended.
func inParallel(width, jobs int, do func(job int) bool) {
	var all sync.WaitGroup
	var mutex sync.Mutex
	next := 0
	take := func(failed bool) int {
		mutex.Lock()
		defer mutex.Unlock()
		if failed {
			next = jobs
		}
		next++
		return next - 1
	}
	for range min(width, jobs) {
		all.Go(func() {
			failed := false
			for job := take(false); job < jobs; job = take(failed) {
				failed = !do(job)
			}
		})
	}
	all.Wait()
}

// Mean returns the mean over the folds of what of returns, and the standard deviation of the
// folds, by n−1.
func (r *CrossResult) Mean(of func(s *Scores) float64) (mean, deviation float64) {
	n := float64(len(r.Scores))
	for _, s := range r.Scores {
		mean += of(s) / n
	}
	for _, s := range r.Scores {
		deviation += (of(s) - mean) * (of(s) - mean)
	}
	return mean, math.Sqrt(deviation / (n - 1))
}

// Best returns the result with the largest mean of Scores.Score, the first of equal ones.
func (c *Comparison) Best() *CrossResult {
	best := &c.Results[0]
	for i := range c.Results {
		r := &c.Results[i]
		score, _ := r.Mean((*Scores).Score)
		if most, _ := best.Mean((*Scores).Score); score > most {
			best = r
		}
	}
	return best
}

// String returns a table with a line for each candidate: the means over the folds, and their
// standard deviations. Of one candidate it has a line for each fold before that.
func (c *Comparison) String() string {
	if len(c.Results) == 0 || len(c.Results[0].Scores) == 0 || slices.Contains(c.Results[0].Scores, nil) {
		return "nothing was compared\n"
	}
	name := c.Results[0].Scores[0].ScoreName()
	table := [][]string{{"", "loss", "±", name, "±"}}
	if len(c.Results) == 1 {
		for i, s := range c.Results[0].Scores {
			table = append(table, []string{fmt.Sprint("fold ", i+1), fmt.Sprintf("%.4f", s.Loss), "", fmt.Sprintf("%.4f", s.Score()), ""})
		}
	}
	for i := range c.Results {
		r := &c.Results[i]
		if slices.Contains(r.Scores, nil) {
			table = append(table, []string{r.Name, "–", "", "–", ""})
			continue
		}
		loss, lossDeviation := r.Mean(func(s *Scores) float64 { return s.Loss })
		score, scoreDeviation := r.Mean((*Scores).Score)
		table = append(table, []string{
			cmp.Or(r.Name, "mean"), fmt.Sprintf("%.4f", loss), fmt.Sprintf("%.4f", lossDeviation),
			fmt.Sprintf("%.4f", score), fmt.Sprintf("%.4f", scoreDeviation),
		})
	}
	return strings.Join(aligned(table, 1), "\n") + "\n"
}
