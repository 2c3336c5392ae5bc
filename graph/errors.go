package graph

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
)

// The errors of this package wrap one of these.
var (
	ErrShape        = errors.New("shapes do not compose")
	ErrAxis         = errors.New("no such axis")
	ErrType         = errors.New("float types differ")
	ErrGraph        = errors.New("nodes are not of one graph")
	ErrLayout       = errors.New("not a plain row-major tensor")
	ErrEmpty        = errors.New("no entries")
	ErrSize         = errors.New("too large for memory")
	ErrValue        = errors.New("value outside the domain")
	ErrUnfed        = errors.New("input was not fed")
	ErrNotRun       = errors.New("the program has not run")
	ErrRunning      = errors.New("the program is running already")
	ErrNotInput     = errors.New("node is no input")
	ErrNotOutput    = errors.New("node is no output of the program")
	ErrNotScalar    = errors.New("not a scalar")
	ErrNoDerivative = errors.New("no derivative")
	ErrState        = errors.New("not how a state moves")
	ErrNotLinear    = errors.New("reverse derivative is not linear in its cotangent")
	ErrUnregistered = errors.New("no op of this name is registered")
	ErrNotFinite    = errors.New("not finite")
)

// A failed node stands for a value that could not be built. It belongs to no
// graph's list; whatever is computed from it carries the same error on, and
// Compile returns it. So a formula is written in one piece and checked once.
func failed(g *Graph, err error) *Node {
	return &Node{g: g, id: -1, signature: unsigned, particulars: &particulars{err: err}}
}

// fail returns a failed node whose error names the line that made the call.
func fail(g *Graph, format string, args ...any) *Node {
	return failed(g, fmt.Errorf(caller()+": "+format, args...))
}

// Fail returns a failed node, for those who make nodes: one that has err, and the line of
// the caller, for its error.
func Fail(g *Graph, err error) *Node { return fail(g, "%w", err) }

// firstError returns the error of the first failed node of x, or nil.
func firstError(x []*Node) error {
	for _, n := range x {
		if err := n.Err(); err != nil {
			return err
		}
	}
	return nil
}

// ours are the packages whose frames caller passes over, so that an error names
// the line of the formula rather than of the library.
var ours = func() []string {
	module := strings.TrimSuffix(reflect.TypeFor[Graph]().PkgPath(), "graph")
	packages := []string{"graph", "ops", "sequence", "optim", "models", "interop", "graphio"}
	for i, p := range packages {
		packages[i] = module + p + "."
	}
	return packages
}()

// caller returns the file and line of the innermost call from outside this
// library (its tests count as outside).
func caller() string {
	var pc [64]uintptr
	if line := lineOf(pc[:runtime.Callers(2, pc[:])]); line != "" {
		return line
	}
	return "?"
}

// lineOf returns the file and line of the first of these calls from outside this library,
// or "".
func lineOf(pc []uintptr) string {
	frames := runtime.CallersFrames(pc)
	for {
		f, more := frames.Next()
		if f.PC != 0 && !isOurs(f) {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

func isOurs(f runtime.Frame) bool {
	for _, p := range ours {
		if strings.HasPrefix(f.Function, p) {
			return !strings.HasSuffix(f.File, "_test.go")
		}
	}
	return false
}
