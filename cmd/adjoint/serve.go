package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"sync"
	"time"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/serve"
)

// serveModel answers over HTTP: POST /predict with a JSON object of the inputs by name, as
// lists of lists, gives one of the outputs; GET /model says what they are.
func serveModel(c *call) error {
	c.loadFlags()
	addr := c.flags.String("addr", "127.0.0.1:8080", "where to listen; port 0 is any that is free")
	most := c.flags.Int64("most", 64<<20, "the largest request, in bytes")
	if err := c.parse(1); err != nil {
		return err
	}
	f, err := c.model()
	if err != nil {
		return err
	}
	h, err := newHandler(f, *most)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	slog.New(slog.NewTextHandler(c.log, nil)).Info("serving", "url", "http://"+l.Addr().String())
	return serve.Run(c, serve.Server(*addr, h), l, 10*time.Second)
}

// A handler answers requests with Sessions, of which each serves one at a time.
type handler struct {
	file     *onnx.File
	sessions sync.Pool
	most     int64
}

func newHandler(f *onnx.File, most int64) (http.Handler, error) {
	s, err := f.Session()
	if err != nil {
		return nil, err
	}
	var clone sync.Mutex // a Session is cloned by one goroutine at a time
	h := &handler{file: f, most: most}
	h.sessions.New = func() any {
		clone.Lock()
		defer clone.Unlock()
		return s.Clone()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /predict", h.predict)
	mux.HandleFunc("GET /model", h.describe)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux, nil
}

func (h *handler) predict(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, h.most)).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	in := map[string]onnx.Array{}
	for name, v := range body {
		a, err := nested(v)
		if err != nil {
			http.Error(w, fmt.Sprintf("input %q: %v", name, err), http.StatusBadRequest)
			return
		}
		in[name] = a
	}
	s := h.sessions.Get().(*onnx.Session)
	defer h.sessions.Put(s)
	out, err := s.Run(in)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	answer := map[string]any{}
	for i, p := range h.file.Outputs {
		answer[p.Name] = lists(out[i].Dims, reflect.ValueOf(out[i].Data))
	}
	reply(w, answer)
}

// A port is an input or output as a description has it.
type port struct {
	Name  string   `json:"name"`
	Type  string   `json:"type"`
	Shape []string `json:"shape"`
}

func (h *handler) describe(w http.ResponseWriter, _ *http.Request) {
	list := func(ports []onnx.Port) []port {
		all := []port{}
		for _, p := range ports {
			shape := []string{}
			for _, d := range p.Dims {
				shape = append(shape, graph.ExtentString(d))
			}
			all = append(all, port{p.Name, p.Type, shape})
		}
		return all
	}
	reply(w, map[string]any{"inputs": list(h.file.Takes()), "outputs": list(h.file.Outputs)})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		slog.Error("a reply", "error", err)
	}
}
