package play

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"adjoint/graph"
	"adjoint/ops"
)

// longest is the most letters of a formula.
const longest = 2000

// parse reads a formula in Go's syntax: + − * / entry by entry, numbers, the names of nodes,
// and the functions of this file. A number beside a node, 1 − a, is that number in every entry.
func parse(formula string, names map[string]*graph.Node) (*graph.Node, error) {
	if len(formula) > longest {
		return nil, fmt.Errorf("a formula has at most %d letters", longest)
	}
	r := &reader{names}
	if strings.TrimSpace(formula) == "" {
		return nil, fmt.Errorf("there is no formula yet: type one of %s", r.known())
	}
	e, err := parser.ParseExpr(formula)
	if err != nil {
		return nil, fmt.Errorf("this is no formula: %w", err)
	}
	v, err := r.read(e)
	switch {
	case err != nil:
		return nil, err
	case v.node == nil:
		return nil, fmt.Errorf("%s is a number; r of a map is a formula of %s", formula, r.known())
	}
	return v.node, nil
}

// A value is a node or a number.
type value struct {
	node   *graph.Node
	number float64
}

type reader struct{ names map[string]*graph.Node }

func (r *reader) read(e ast.Expr) (value, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.read(e.X)
	case *ast.BasicLit:
		x, err := strconv.ParseFloat(e.Value, 64)
		if err != nil {
			return value{}, fmt.Errorf("%s is no number", e.Value)
		}
		return value{number: x}, nil
	case *ast.Ident:
		if n := r.names[e.Name]; n != nil {
			return value{node: n}, nil
		}
		return value{}, fmt.Errorf("there is no %s here: use %s", e.Name, r.known())
	case *ast.UnaryExpr:
		x, err := r.read(e.X)
		if err != nil || e.Op == token.ADD {
			return x, err
		}
		if e.Op != token.SUB {
			return value{}, fmt.Errorf("%v is not + or −", e.Op)
		}
		if x.node == nil {
			return value{number: -x.number}, nil
		}
		return value{node: ops.Neg(x.node)}, nil
	case *ast.BinaryExpr:
		return r.binary(e)
	case *ast.CallExpr:
		return r.call(e)
	}
	return value{}, fmt.Errorf("a formula has names, numbers, + - * / and functions: %s", strings.Join(functionNames(), ", "))
}

func (r *reader) binary(e *ast.BinaryExpr) (value, error) {
	a, err := r.read(e.X)
	if err != nil {
		return value{}, err
	}
	b, err := r.read(e.Y)
	if err != nil {
		return value{}, err
	}
	if a.node == nil && b.node == nil {
		return numbersOf(e.Op, a.number, b.number)
	}
	// A number is as large as the node beside it.
	if a.node == nil {
		a.node = ops.Affine(ops.StopGradient(b.node), 0, a.number)
	}
	if b.node == nil {
		b.node = ops.Affine(ops.StopGradient(a.node), 0, b.number)
	}
	rows := func(x, like *graph.Node) *graph.Node { // one row, or one column, for all
		if x.Shape() != like.Shape() && x.Err() == nil && like.Err() == nil && (x.Shape().Dims()[0] == 1 || x.Shape().Dims()[1] == 1) {
			return ops.BroadcastTo(x, like.Shape())
		}
		return x
	}
	a.node, b.node = rows(a.node, b.node), rows(b.node, a.node)
	switch e.Op {
	case token.ADD:
		return value{node: ops.Add(a.node, b.node)}, nil
	case token.SUB:
		return value{node: ops.Sub(a.node, b.node)}, nil
	case token.MUL:
		return value{node: ops.Mul(a.node, b.node)}, nil
	case token.QUO:
		return value{node: ops.Div(a.node, b.node)}, nil
	}
	return value{}, notOne(e.Op)
}

// notOne is the error of an operation that formulas do not have.
func notOne(op token.Token) error {
	if op == token.XOR {
		return fmt.Errorf("there is no power a^2: write Square(a), or a*a")
	}
	return fmt.Errorf("%v is not + - * or /", op)
}

func numbersOf(op token.Token, a, b float64) (value, error) {
	switch op {
	case token.ADD:
		return value{number: a + b}, nil
	case token.SUB:
		return value{number: a - b}, nil
	case token.MUL:
		return value{number: a * b}, nil
	case token.QUO:
		return value{number: a / b}, nil
	}
	return value{}, notOne(op)
}

// functions are those of a formula, in small letters or capitals.
var functions = map[string]func(x []*graph.Node) *graph.Node{
	"MatMul":     func(x []*graph.Node) *graph.Node { return ops.MatMul(x[0], x[1]) },
	"T":          func(x []*graph.Node) *graph.Node { return ops.T(x[0]) },
	"SumColumns": func(x []*graph.Node) *graph.Node { return ops.Keep(ops.Sum, x[0], 1) },
	"SumRows":    func(x []*graph.Node) *graph.Node { return ops.Keep(ops.Sum, x[0], 0) },
	"Exp":        func(x []*graph.Node) *graph.Node { return ops.Exp(x[0]) },
	"Log":        func(x []*graph.Node) *graph.Node { return ops.Log(x[0]) },
	"Sigmoid":    func(x []*graph.Node) *graph.Node { return ops.Sigmoid(x[0]) },
	"Tanh":       func(x []*graph.Node) *graph.Node { return ops.Tanh(x[0]) },
	"Softmax":    func(x []*graph.Node) *graph.Node { return ops.Softmax(x[0], 0) },
	"Square":     func(x []*graph.Node) *graph.Node { return ops.Square(x[0]) },
}

func functionNames() []string { return slices.Sorted(maps.Keys(functions)) }

func (r *reader) call(e *ast.CallExpr) (value, error) {
	written, _ := e.Fun.(*ast.Ident)
	i := -1
	if written != nil {
		i = slices.IndexFunc(functionNames(), func(f string) bool { return strings.EqualFold(f, written.Name) })
	}
	if i < 0 {
		return value{}, fmt.Errorf("the functions are %s", strings.Join(functionNames(), ", "))
	}
	name, count := functionNames()[i], 1
	if name == "MatMul" {
		count = 2
	}
	if len(e.Args) != count {
		return value{}, fmt.Errorf("%s has %d arguments, not %d", name, count, len(e.Args))
	}
	var x []*graph.Node
	for _, arg := range e.Args {
		v, err := r.read(arg)
		if err != nil {
			return value{}, err
		}
		if v.node == nil {
			return value{}, fmt.Errorf("%s of a number: give it one of %s", name, r.known())
		}
		x = append(x, v.node)
	}
	return value{node: functions[name](x)}, nil
}

// known lists the names.
func (r *reader) known() string {
	return strings.Join(slices.DeleteFunc(slices.Sorted(maps.Keys(r.names)), func(s string) bool { return s == "ζ" }), ", ")
}
