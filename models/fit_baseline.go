package models

import (
	"context"
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/optim"
)

// baselineWarning warns of a network that is clearly worse than a constant prediction:
// the shares of the classes, or the mean of the targets. On the training rows, or about
// 1000 of them, its loss is more than 1.1 times that of the constant. It also warns of a
// rule that moves every weight by 1 or more in a step, whatever the loss. It looks at
// log-losses and at the squared error of a number only, of what Deep and Logistic build.
// It computes these losses only where the costs of the training leave it open.
func (t *Training) baselineWarning() string {
	if t.scorer.network == nil {
		return ""
	}
	s := t.sample()
	without := s.baselineLoss()
	limit, large := 1.1*without, hasLargeRate(t.options.Rule)
	if !(without > 0) || !large && t.costsAtMost(limit) {
		return ""
	}
	var rows []int
	for row := 0; row < s.rows; row += s.every {
		rows = append(rows, row)
	}
	losses, err := t.scorer.lossesOf(t.train, rows)
	if err != nil {
		return err.Error()
	}
	loss := 0.0
	for i, l := range losses {
		loss += s.weight(rows[i]) * l
	}
	if loss <= limit && !large {
		return ""
	}
	return fmt.Sprintf("on the training rows the %s is %.3g, and %.3g where nothing is known of the features: try a rate other than %g, more epochs, or Standardize",
		t.scorer.network.loss.Name, loss, without, t.options.Rule.LearningRate())
}

// A sample is some of the training rows, evenly spread, with weights that sum to 1.
type sample struct {
	*Training
	rows, every int     // of all rows, 0 and each that is so many further on
	each        float64 // what the weights given are multiplied by; the weight if there are none
}

// sample returns all rows, or of more than chunkRows at least half as many as that.
func (t *Training) sample() sample {
	rows := t.train.Rows()
	s := sample{t, rows, (rows + chunkRows - 1) / chunkRows, 1}
	total := float64((rows + s.every - 1) / s.every)
	if t.feeding.weights != nil {
		total = 0
		for row := 0; row < rows; row += s.every {
			total += s.weight(row)
		}
	}
	s.each = 1 / total
	return s
}

func (s sample) weight(row int) float64 {
	if s.feeding.weights == nil {
		return s.each
	}
	return s.feeding.weights[row] * s.each
}

// manyRows is how many rows of a batch take longer to evaluate than a program of a sample to make.
const manyRows = 1 << 14

// costsAtMost reports whether a loss is at least the mean cost of the last epoch, and that of
// a batch at the last weights, which takes no more than a step. A cost is a bound of
// the mean loss of its rows, because penalties are not negative, if all examples weigh the
// same and the network and its examples are the same in training. The epoch speaks for all
// rows, and the batch for the last weights: rows evenly spread over all.
func (t *Training) costsAtMost(loss float64) bool {
	l, f, epochs := t.scorer.formula.Loss, &t.feeding, t.history.Epochs
	if len(epochs) == 0 || f.rows == nil || f.weights != nil || f.augmented != nil || graph.InTraining(l)[0] != l {
		return false
	}
	all := t.train.Rows()
	size := all
	if t.batches.Len() > 1 {
		size = t.options.Batch
	}
	if !(epochs[len(epochs)-1].Loss <= loss) || size > manyRows {
		return false
	}
	if size < all {
		batch := make([]int, size)
		for i := range batch {
			batch[i], _ = cut(all, i, size)
		}
		if err := t.use(context.Background(), batch); err != nil {
			return false
		}
	}
	cost, err := t.opt.ForwardLoss()
	return err == nil && cost <= loss
}

// hasLargeRate reports whether a rule moves each weight by about its rate in a step,
// because it divides gradients by their size, and its rate is 1 or more.
func hasLargeRate(rule optim.Rule) bool {
	switch rule.(type) {
	case optim.Adam, optim.AdamW, optim.LazyAdam, optim.RMSProp, optim.AdaGrad:
		return rule.LearningRate() >= 1
	}
	return false
}

// baselineLoss returns the least loss of a constant prediction on the rows: the entropy of
// the shares of the classes or labels, or the variance of the targets. It is 0 if it is not
// known.
func (s sample) baselineLoss() float64 {
	net := s.scorer.network
	switch name := net.loss.Name; {
	case net.kind == Numbers && name == SquaredError.Name:
		return s.variance()
	case net.kind == Numbers:
		return 0
	case name == CrossEntropy.Name || name == CrossEntropyFromLogits.Name:
		return entropy(s.shares()...)
	case name == LogLoss.Name || name == LogLossFromLogits.Name:
		sum, shares := 0.0, s.shares() // of the outputs, each for a class against the rest
		for _, p := range shares[len(shares)-features(net.a):] {
			sum += entropy(p, 1-p)
		}
		return sum
	}
	return 0
}

// targets returns the targets of all rows: of classes a position.
func (s sample) targets() rowsOfNumbers { return s.feeding.readers[len(s.feeding.readers)-1].rows() }

// shares returns the shares of the classes, or of the labels.
func (s sample) shares() []float64 {
	shares := make([]float64, max(len(s.train.Classes), features(s.scorer.network.a)))
	targets, several := s.targets(), s.scorer.network.kind == Multilabel
	for row := 0; row < s.rows; row += s.every {
		w := s.weight(row)
		if !several {
			shares[int(targets.v[row])] += w
			continue
		}
		for k, y := range targets.row(row) {
			shares[k] += w * y
		}
	}
	return shares
}

// variance returns the sum of the variances of the targets, as the loss takes them.
func (s sample) variance() (sum float64) {
	scaling, targets := s.scorer.network.targets, s.targets()
	for k := range features(s.scorer.network.a) {
		mean, variance := 0.0, 0.0
		for row := 0; row < s.rows; row += s.every {
			mean += s.weight(row) * targets.row(row)[k]
		}
		for row := 0; row < s.rows; row += s.every {
			δ := targets.row(row)[k] - mean
			variance += s.weight(row) * δ * δ
		}
		if scaling != nil {
			variance /= scaling.scale[k] * scaling.scale[k]
		}
		sum += variance
	}
	return sum
}

// entropy is −Σ p log p.
func entropy(p ...float64) (sum float64) {
	for _, v := range p {
		if v > 0 {
			sum -= v * math.Log(v)
		}
	}
	return sum
}
