// Shakespeare trains one transformer of characters twice, by this library and by PyTorch: from the same
// weights, by the same rule, on the same windows of a text. It prints the losses side by side and how
// long a step takes, one process after the other, each on one thread:
//
//	go run ./bench/shakespeare -text shakespeare.txt
//	go run ./bench/shakespeare -text shakespeare.txt -float64 -within 1e-9
//
// It exits with status 1 if losses of a step are further apart than -within.
//
// The text is Karpathy's tiny Shakespeare, 1 115 394 characters, which is not part of this module; any
// other in UTF-8 will do. PyTorch's side is peer.py, which needs PyTorch and NumPy.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

//go:embed peer.py
var script []byte

func main() {
	log.SetFlags(0)
	path := flag.String("text", "shakespeare.txt", "a text in UTF-8")
	python := flag.String("python", "python3", "a Python that has PyTorch")
	steps := flag.Int("steps", 100, "steps of training")
	wide := flag.Bool("float64", false, "compute in float64")
	within := flag.Float64("within", 1e-4, "how far losses may be apart")
	flag.Parse()
	if err := compare(*path, *python, *steps, *wide, *within); err != nil {
		log.Fatal(err)
	}
}

// A record is what a side has to say: J before each step, and the median of the milliseconds of a step.
type record struct {
	Library string
	Losses  []float64
	Step    float64
}

func compare(path, python string, steps int, wide bool, within float64) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	characters, err := data.Characters(string(text))
	if err != nil {
		return err
	}
	graph.SetThreads(1)
	dtype, name := tensor.Float32, "float32"
	if wide {
		dtype, name = tensor.Float64, "float64"
	}
	ours, err := train(characters, dtype, steps)
	if err != nil {
		return err
	}
	theirs, err := torch(python, path, name, steps)
	if err != nil {
		return err
	}
	return show(ours, theirs, within)
}

// torch runs PyTorch's side.
func torch(python, path, dtype string, steps int) (record, error) {
	cmd := exec.Command(python, "-", path, dtype, fmt.Sprint(steps))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(script), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return record{}, fmt.Errorf("peer.py by %s: %w", python, err)
	}
	var r record
	if err := json.Unmarshal(out, &r); err != nil {
		return record{}, fmt.Errorf("peer.py by %s: %w", python, err)
	}
	if len(r.Losses) != steps {
		return record{}, fmt.Errorf("peer.py by %s: %d losses of %d steps", python, len(r.Losses), steps)
	}
	return r, nil
}

// show prints every tenth step, and returns an error if losses are not within of each other.
func show(ours, theirs record, within float64) error {
	fmt.Printf("%5s  %18s  %18s  %9s\n", "step", ours.Library, theirs.Library, "apart")
	worst, at := 0.0, 0
	for i, loss := range ours.Losses {
		apart := math.Abs(loss - theirs.Losses[i])
		if i%10 == 0 || i == len(ours.Losses)-1 {
			fmt.Printf("%5d  %18.12f  %18.12f  %9.1e\n", i+1, loss, theirs.Losses[i], apart)
		}
		if !(apart <= worst) {
			worst, at = apart, i+1
		}
	}
	fmt.Printf("ms/step  %16.2f  %18.2f  %8.2f×\nfurthest apart: %.1e, at step %d\n", ours.Step, theirs.Step, theirs.Step/ours.Step, worst, at)
	if !(worst <= within) {
		return fmt.Errorf("losses are further apart than %g", within)
	}
	return nil
}
