// Compare runs the works of bench by this library and by its peers, in turn, and
// prints tables of medians and ratios in Markdown:
//
//	go run ./bench/compare
//	go run ./bench/compare -works W3,W4 -peers numpy,torch -n 9 -threads 2
//	go run ./bench/compare -record lines.json     # keep what was measured
//	go run ./bench/compare -lines lines.json      # the tables again
//
// Of each work there are n rounds, in which every peer runs once, alone, in a
// process of its own: A B C A B C …. A ratio is the median of those of the rounds,
// so that a machine which drifts does not favour anyone. Measure on a machine that
// does nothing else.
//
// The peers in Python need NumPy, PyTorch and scikit-learn; the tables say which
// are missing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"adjoint/bench/internal/record"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// errUsage is wrapped by errors of the command line.
var errUsage = errors.New("bad usage")

// run is the command. It returns the exit code: 2 for a command line that makes no
// sense, 1 for anything else that went wrong.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := compare(ctx, args, stdout, stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(stderr, "compare:", err)
		return 2
	}
	fmt.Fprintln(stderr, "compare:", err)
	return 1
}

func compare(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.lines != "" {
		f, err := os.Open(o.lines)
		if err != nil {
			return err
		}
		defer f.Close()
		lines, err := record.Read(f)
		if err != nil {
			return fmt.Errorf("%s: %w", o.lines, err)
		}
		return tables(stdout, lines)
	}
	keep := io.Discard
	if o.record != "" {
		f, err := os.Create(o.record)
		if err != nil {
			return err
		}
		defer f.Close()
		keep = f
	}
	lines, err := inTurn(ctx, o, keep, stderr)
	if err != nil {
		return err
	}
	return tables(stdout, lines)
}

// options are those of the command line.
type options struct {
	works, peers    []string
	rounds, threads int
	dtype, python   string
	lines, record   string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.SetOutput(stderr)
	works := flags.String("works", strings.Join(allWorks, ","), "what to measure")
	names := flags.String("peers", strings.Join(peerNames(), ","), "whom to compare with")
	flags.IntVar(&o.rounds, "n", 5, "how many rounds")
	flags.IntVar(&o.threads, "threads", 1, "how many threads may compute")
	flags.StringVar(&o.dtype, "dtype", "", "float32 or float64 (default: that of the work)")
	flags.StringVar(&o.python, "python", "python3", "the Python that has the peers")
	flags.StringVar(&o.record, "record", "", "a file to write every measurement to")
	flags.StringVar(&o.lines, "lines", "", "a file to read the measurements from, instead of measuring")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w: see above", errUsage)
	}
	o.works, o.peers = list(*works), list(*names)
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%w: unexpected argument %q", errUsage, flags.Arg(0))
	case o.rounds < 1:
		return nil, fmt.Errorf("%w: -n %d, want at least 1", errUsage, o.rounds)
	case o.threads < 1:
		return nil, fmt.Errorf("%w: -threads %d, want at least 1", errUsage, o.threads)
	case !slices.Contains([]string{"", "float32", "float64"}, o.dtype):
		return nil, fmt.Errorf("%w: -dtype %q, want float32 or float64", errUsage, o.dtype)
	case len(o.works) == 0:
		return nil, fmt.Errorf("%w: -works is empty", errUsage)
	}
	return o, errors.Join(among("-works", o.works, allWorks), among("-peers", o.peers, peerNames()))
}

// list is what commas separate.
func list(s string) []string {
	return slices.DeleteFunc(strings.Split(s, ","), func(s string) bool { return s == "" })
}

func among(name string, got, want []string) error {
	for _, s := range got {
		if !slices.Contains(want, s) {
			return fmt.Errorf("%w: %s %q, want some of %s", errUsage, name, s, strings.Join(want, ","))
		}
	}
	return nil
}
