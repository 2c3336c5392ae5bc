package main

import (
	"log"

	"adjoint/data"
	"adjoint/models"
)

// model returns a model, and what it learns.
func model(name string) (models.Model, *data.Dataset) {
	switch name {
	case "wide":
		return &models.Deep{Float32: *single, Seed: 1, Layers: []models.Layer{
			models.Dense{Units: 512, Activation: models.ReLU}, models.Dropout{Rate: 0.2},
			models.Dense{Units: 256, Activation: models.ReLU}, models.Dense{Units: 10, Activation: models.Softmax},
		}}, data.Digits()
	case "small":
		return &models.Deep{Float32: *single, Seed: 1, Standardize: true, Penalty: models.L2, Lambda: 1, Layers: []models.Layer{
			models.Dense{Units: 32, Activation: models.ReLU}, models.Dense{Units: 8, Activation: models.ReLU},
			models.Dense{Units: 1, Activation: models.Sigmoid},
		}}, data.BreastCancer()
	case "logistic":
		return &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true, Float32: *single}, data.BreastCancer()
	}
	log.Fatalf("-models %s: want wide, small or logistic", name)
	return nil, nil
}
