package play

import (
	"fmt"
	"math"
	"slices"
)

// A Config says what is trained, on what and how. The page's link has it.
type Config struct {
	Data string `json:"data"` // moons, rings, blobs, iris, points or csv
	Rows int    `json:"rows"` // of moons, rings and blobs
	Seed uint64 `json:"seed"`

	Points []Point `json:"points,omitempty"` // of points
	CSV    string  `json:"csv,omitempty"`    // of csv

	Layers     []int   `json:"layers"` // units of the hidden layers
	Activation string  `json:"activation"`
	Loss       string  `json:"loss"` // log-loss or squared
	Lambda     float64 `json:"lambda"`
	Rule       string  `json:"rule"` // sgd, momentum or adam
	Rate       float64 `json:"rate"`
	Batch      int     `json:"batch"` // 0 is all rows

	Break string `json:"break,omitempty"` // the key of one of Breaks
}

// A Point is an example that was clicked: its place and its class.
type Point struct {
	X     [2]float64 `json:"x"`
	Class int        `json:"class"`
}

// Default is what the page begins with.
func Default() Config {
	return Config{
		Data: "moons", Rows: 200, Seed: 1, Layers: []int{4, 4}, Activation: "tanh", Loss: "log-loss",
		Rule: "adam", Rate: 0.05, Batch: 32,
	}
}

// What a Config may choose from. The page's menus have these.
var (
	Datasets    = []string{"moons", "rings", "blobs", "iris", "points", "csv"}
	Activations = []string{"tanh", "relu", "sigmoid", "identity"}
	Losses      = []string{"log-loss", "squared"}
	Rules       = []string{"sgd", "momentum", "adam"}
)

// The bounds of what the page can show.
const (
	mostRows   = 2000
	mostLayers = 6
	mostUnits  = 64
)

// check returns what is wrong with the numbers and names of c.
func (c Config) check() error {
	one := func(what, name string, of []string) error {
		if slices.Contains(of, name) {
			return nil
		}
		return fmt.Errorf("%s is %q, not one of %q", what, name, of)
	}
	for _, err := range []error{
		one("data", c.Data, Datasets), one("activation", c.Activation, Activations),
		one("loss", c.Loss, Losses), one("rule", c.Rule, Rules),
	} {
		if err != nil {
			return err
		}
	}
	if c.Break != "" && breakOf(c.Break) == nil {
		return fmt.Errorf("there is no switch %q", c.Break)
	}
	within := func(what string, v, lo, hi float64) error {
		if lo <= v && v <= hi {
			return nil
		}
		return fmt.Errorf("%s is %v, and has to be from %v to %v", what, v, lo, hi)
	}
	checks := []error{
		within("lambda", c.Lambda, 0, 1000), within("rate", c.Rate, math.SmallestNonzeroFloat64, 1000),
		within("batch", float64(c.Batch), 0, mostRows), within("the number of hidden layers", float64(len(c.Layers)), 0, mostLayers),
	}
	if slices.Contains([]string{"moons", "rings", "blobs"}, c.Data) {
		checks = append(checks, within("rows", float64(c.Rows), 4, mostRows))
	}
	for _, n := range c.Layers {
		checks = append(checks, within("the units of a layer", float64(n), 1, mostUnits))
	}
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}
