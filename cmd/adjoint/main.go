// Command adjoint reads ONNX files: it shows them, runs them, compares what comes out with
// what should, differentiates them, serves and draws them.
//
//	adjoint inspect model.onnx
//	adjoint run model.onnx x=rows.csv
//
// Its exit status is 0 if all is well, 1 if something failed or differs, 2 for a mistake in
// the command line.
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
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// A command is one of those that the first argument names.
type command struct {
	name, args, what string
	run              func(c *call) error
}

var commands = []command{
	{"inspect", "MODEL", "say what is in a file: inputs, outputs, parameters, operators, and what is not read", inspect},
	{"run", "MODEL [INPUT=]FILE ...", "compute the outputs", runModel},
	{"check", "MODEL [INPUT=]FILE ... -want FILE", "compare the outputs with stored ones; or check FOLDER, a model with test_data_set_0, …", check},
	{"grad", "MODEL [INPUT=]FILE ...", "differentiate the sum of an output by inputs and parameters, and compare with differences", grad},
	{"serve", "MODEL", "answer over HTTP", serveModel},
	{"draw", "MODEL", "draw the formula", drawModel},
	{"convert", "MODEL FILE", "write another file of it: ONNX of a model of this module, or of an ONNX file", convert},
	{"operators", "", "list the operators of ONNX that are read, and why others are not", operators},
}

// A call is a command with its flags and arguments.
type call struct {
	context.Context
	flags    *flag.FlagSet
	load     loading
	out, log io.Writer
	words    []string // arguments that are no flags
	args     []string // all, for commands to parse
}

// errUsage is what the error of a mistake in the command line wraps.
var errUsage = errors.New("usage")

// errDiffers is the error of outputs that are not those that were wanted.
var errDiffers = errors.New("outputs differ")

// run runs a command line and returns the exit status.
func run(ctx context.Context, args []string, out, log io.Writer) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(out)
		if len(args) == 0 {
			return 2
		}
		return 0
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		fmt.Fprintf(log, "adjoint: there is no command %q\n", args[0])
		usage(log)
		return 2
	}
	cmd := commands[i]
	c := &call{Context: ctx, flags: flag.NewFlagSet(cmd.name, flag.ContinueOnError), out: out, log: log, args: args[1:]}
	c.flags.SetOutput(log)
	c.flags.Usage = func() {
		fmt.Fprintf(c.flags.Output(), "usage: adjoint %s %s\n\n%s\n\n", cmd.name, cmd.args, cmd.what)
		c.flags.PrintDefaults()
	}
	switch err := cmd.run(c); {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintf(log, "adjoint %s: %v\nadjoint %s -h says more.\n", cmd.name, err, cmd.name)
		return 2
	default:
		fmt.Fprintf(log, "adjoint %s: %v\n", cmd.name, err)
		return 1
	}
}

func usage(w io.Writer) {
	fmt.Fprint(w, "adjoint reads ONNX files.\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  adjoint %s %s\n        %s\n", c.name, c.args, c.what)
	}
	fmt.Fprint(w, "\nFILE is of NumPy (.npy, .npz), .csv, .json or ONNX's .pb. adjoint COMMAND -h lists the flags.\n")
}

// parse reads the flags, which may stand between the other arguments, of which there have to
// be so many at least.
func (c *call) parse(least int) error {
	rest := c.args
	for {
		if err := c.flags.Parse(rest); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return err
			}
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		if c.flags.NArg() == 0 {
			break
		}
		c.words = append(c.words, c.flags.Arg(0))
		rest = c.flags.Args()[1:]
	}
	if len(c.words) < least {
		return fmt.Errorf("%w: %d arguments, want %d at least", errUsage, len(c.words), least)
	}
	return nil
}
