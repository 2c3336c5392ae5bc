// Bench measures the works W1 to W15, convolutions and logistic fits, and prints a line of JSON
// for each measurement:
//
//	go run ./bench -work W3 -dtype float32 -threads 1
//	go run ./bench -work W3 -peer gorgonia
//
//	W1    logistic regression, 10 features, 1000 examples, the full batch, descent
//	W2    10-32-8-1, ReLU, ReLU, σ, the same examples, the full batch, descent
//	W3    the same network, batches of 32, Adam
//	W4    784-512-256-10, ReLU, ReLU, softmax, batches of 128, Adam
//	W5    value and gradient of a chain of 10, 100 and 1000 layers tanh(wx + b), width 16
//	W6    one example through the networks of W2 and of W4
//	W7    matrix products
//	W8    LeNet with ReLU and max pools, on 28×28 pixels, batches of 64, Adam
//	W8a   the answer of this LeNet to one image
//	W9    an LSTM of 64 units over 50 times of 32 examples, gradient in weights and input; -peer unrolled is as long a graph
//	W10   an LSTM of 256 units over 128 times of 16 examples
//	W11   a causal transformer block, width 128, 128 times of 8 examples
//	W12   log-likelihood of 1000 points by 50 normal distributions in 32 dimensions, and gradient
//	W13   errors of 31 843 observations of points by cameras, and the Jacobian of each
//	W14   W4 by batches of 512, by the processes that mpirun has started: mpirun -n 2 bench -work W14 -peer 512/8
//	W15   what two processes exchange: mpirun -n 2 bench -work W15
//	conv  convolutions, with their reverses in the filters and in the images
//	fit   logistic regression to the minimum, as scikit-learn fits it
//
// They are written as a user would, with packages graph, ops, optim and models;
// W7 calls the kernels. The data, the first weights and the order of the batches
// are formulas, so that other libraries can do the same work: peers.py does, and
// bench/compare runs them in turn. What a line holds is in package record.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"adjoint/bench/internal/record"

	"gorgonia.org/tensor"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// A work measures itself and returns a line for each measurement.
type work struct {
	dtype   string // if none is asked for
	measure measures
}

// measures are the ways to do a work, by the name of who does it.
type measures map[string]func(tensor.Dtype) ([]record.Line, error)

var dtypes = map[string]tensor.Dtype{"float32": tensor.Float32, "float64": tensor.Float64}

// errUsage is wrapped by errors of the command line.
var errUsage = errors.New("bad usage")

// run is the command. It returns the exit code: 2 for a command line that makes no
// sense, 1 for a measurement that failed.
func run(args []string, stdout, stderr io.Writer) int {
	err := bench(args, stdout, stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(stderr, "bench:", err)
		return 2
	}
	fmt.Fprintln(stderr, "bench:", err)
	return 1
}

func bench(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("work", "", "what to measure: "+names(works))
	dtype := flags.String("dtype", "", "float32 or float64 (default: that of the work)")
	threads := flags.Int("threads", 1, "how many threads may compute, GOMAXPROCS")
	peer := flags.String("peer", "adjoint", "who does the work: adjoint or gorgonia")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return fmt.Errorf("%w: see above", errUsage)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%w: unexpected argument %q", errUsage, flags.Arg(0))
	}
	w, ok := works[*name]
	if !ok {
		return fmt.Errorf("%w: -work %q, want one of %s", errUsage, *name, names(works))
	}
	if *dtype == "" {
		*dtype = w.dtype
	}
	if dtypes[*dtype] == (tensor.Dtype{}) {
		return fmt.Errorf("%w: -dtype %q, want one of %s", errUsage, *dtype, names(dtypes))
	}
	measure, ok := w.measure[*peer]
	if !ok {
		return fmt.Errorf("%w: -peer %q, want one of %s for %s", errUsage, *peer, names(w.measure), *name)
	}
	if *threads < 1 {
		return fmt.Errorf("%w: -threads %d, want at least 1", errUsage, *threads)
	}
	runtime.GOMAXPROCS(*threads)
	lines, err := measure(dtypes[*dtype])
	if err != nil {
		return fmt.Errorf("%s by %s: %w", *name, *peer, err)
	}
	for _, l := range lines {
		l.Work, l.Peer, l.Dtype, l.Threads = *name, *peer, *dtype, *threads
		if err := l.Write(stdout); err != nil {
			return err
		}
	}
	return nil
}

// names lists the keys of a table.
func names[V any](table map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(table)), ", ")
}
