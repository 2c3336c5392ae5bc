// Wasm is the playground's engine for a browser's worker: the methods of package play as
// one function, adjoint(method, arguments), from JSON to JSON.
package main

import (
	"encoding/json"
	"fmt"
	"syscall/js"
	"time"

	"adjoint/examples/playground/internal/play"
)

func main() {
	e := &engine{}
	js.Global().Set("adjoint", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return string(e.answer(args[0].String(), []byte(args[1].String())))
	}))
	js.Global().Call("adjointReady")
	select {}
}

// An engine has the session of a page.
type engine struct{ session *play.Session }

// answer returns {"result": …} or {"error": …}.
func (e *engine) answer(method string, arguments []byte) (text []byte) {
	var result any
	err := fmt.Errorf("there is no method %q", method)
	if call, ok := methods[method]; ok {
		result, err = call(e, arguments)
	}
	if err == nil {
		text, err = json.Marshal(map[string]any{"result": result})
	}
	if err != nil {
		text, _ = json.Marshal(map[string]string{"error": err.Error()}) // a string has a JSON
	}
	return text
}

var methods = map[string]func(e *engine, arguments []byte) (any, error){
	"menus": with(func(*engine, struct{}) (any, error) {
		return map[string]any{
			"default": play.Default(), "data": play.Datasets, "activation": play.Activations, "loss": play.Losses,
			"rule": play.Rules, "breaks": play.Breaks(), "exercises": play.Exercises(),
		}, nil
	}),
	"new": with(func(e *engine, c play.Config) (any, error) {
		s, err := play.New(c)
		if err != nil {
			return nil, err
		}
		e.session = s
		return map[string]any{"examples": s.Examples(), "config": s.Config()}, nil
	}),
	"check": with(func(_ *engine, a struct{ Key, Formula string }) (any, error) { return play.Check(a.Key, a.Formula) }),
	"train": of(func(s *play.Session, a struct {
		Steps        int
		Milliseconds float64
	}) (any, error) {
		end := time.Now().Add(time.Duration(a.Milliseconds * float64(time.Millisecond)))
		for range a.Steps {
			if s.Train(1); time.Now().After(end) {
				break
			}
		}
		return s.State()
	}),
	"boundary": of(func(s *play.Session, a struct{ Size int }) (any, error) { return s.Boundary(a.Size) }),
	"look":     of(func(s *play.Session, a struct{ Example int }) (any, error) { return s.Look(a.Example) }),
	"law": of(func(s *play.Session, a struct {
		Example, Node, Input int
		Xi                   []float64
	}) (any, error) {
		return s.LawAt(a.Example, a.Node, a.Input, a.Xi)
	}),
}

// with decodes the arguments of a method.
func with[A any](call func(e *engine, a A) (any, error)) func(*engine, []byte) (any, error) {
	return func(e *engine, arguments []byte) (any, error) {
		var a A
		if err := json.Unmarshal(arguments, &a); err != nil {
			return nil, err
		}
		return call(e, a)
	}
}

// of is a method that needs a session.
func of[A any](call func(s *play.Session, a A) (any, error)) func(*engine, []byte) (any, error) {
	return with(func(e *engine, a A) (any, error) {
		if e.session == nil {
			return nil, fmt.Errorf("nothing was built yet")
		}
		return call(e.session, a)
	})
}
