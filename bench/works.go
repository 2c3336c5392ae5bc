package main

import (
	"adjoint/bench/internal/record"

	"gorgonia.org/tensor"
)

// works are what can be measured.
var works = map[string]work{
	"W1":   {"float64", trainings(newLogistic)},
	"W2":   {"float64", trainings(newFullBatch)},
	"W3":   {"float32", trainings(newMiniBatch)},
	"W4":   {"float32", trainings(newWide)},
	"W5":   {"float32", measures{"adjoint": chainsOf(newChain), "gorgonia": chainsOf(newGorgoniaChain)}},
	"W6":   {"float32", measures{"adjoint": answersOf(newAnswer), "gorgonia": answersOf(newGorgoniaAnswer)}},
	"W7":   {"float32", measures{"adjoint": products}},
	"W8":   {"float32", measures{"adjoint": leNets}},
	"W8a":  {"float32", measures{"adjoint": leNetAnswers}},
	"W9":   {"float32", measures{"adjoint": lstms("W9", false), "unrolled": lstms("W9", true)}},
	"W10":  {"float32", measures{"adjoint": lstms("W10", false), "unrolled": lstms("W10", true)}},
	"W11":  {"float32", measures{"adjoint": sequences(20, newBlock)}},
	"W12":  {"float64", programs(20, newGMM)},
	"W13":  {"float64", programs(20, newBA)},
	"W14":  {"float32", ranksMeasures()},
	"W15":  {"float32", measures{"adjoint": exchanges}},
	"conv": {"float32", measures{"adjoint": convolutionLines}},
	"fit":  {"float64", measures{"adjoint": fits}},
}

// trainings are the ways to train a network.
func trainings(newTask func(tensor.Dtype) (*task, error)) measures {
	by := func(newTrainer func(*task) (trainer, error)) func(tensor.Dtype) ([]record.Line, error) {
		return func(dtype tensor.Dtype) ([]record.Line, error) {
			t, err := newTask(dtype)
			if err != nil {
				return nil, err
			}
			return oneLine(measure(5, t.steps, func() (stepper, error) { return newTrainer(t) }))
		}
	}
	return measures{"adjoint": by(newTraining), "gorgonia": by(newGorgoniaTraining)}
}

// leNets measures W8.
func leNets(dtype tensor.Dtype) ([]record.Line, error) {
	return oneLine(measure(5, leNetSteps, func() (stepper, error) { return newLeNetTraining(dtype) }))
}

func oneLine(l record.Line, err error) ([]record.Line, error) { return []record.Line{l}, err }
