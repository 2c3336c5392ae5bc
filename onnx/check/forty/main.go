// Command forty reads the networks of a list, runs them on random inputs and compares the
// outputs with ONNX Runtime's.
//
//	forty MODELS LIST NODE_MODULES [-time DURATION] [-only NAME] [-table]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"adjoint/graph"
	"adjoint/internal/mem"
	"adjoint/onnx"
)

// tolerance is how far outputs may be apart, relative to the largest of an output.
const tolerance = 1e-5

func main() {
	log.SetFlags(0)
	folder, list, modules := os.Args[1], os.Args[2], os.Args[3]
	flags := flag.NewFlagSet("forty", flag.ExitOnError)
	each := flags.Duration("time", 0, "how long to run each network for the table of times")
	only := flags.String("only", "", "the name of one network")
	table := flags.Bool("table", false, "print the table of docs/onnx.md")
	memory := flags.Bool("memory", false, "run one network of -only, and print the memory that was resident at most")
	if err := flags.Parse(os.Args[4:]); err != nil { // which exits
		log.Fatal(err)
	}
	graph.SetThreads(1)
	if *memory {
		prepare(folder, *only, 7, 0)
		fmt.Println(mem.Peak() * (1 << 20))
		return
	}
	var cases []*run
	for _, name := range names(list) {
		if *only == "" || *only == name {
			for _, n := range []int{1, 7} {
				c := prepare(folder, name, n, *each)
				if c.err == nil {
					c.exact = inFloat64(c.Model, options(name), c.in)
				}
				cases = append(cases, c)
			}
		}
	}
	if err := runtime(modules, cases); err != nil {
		log.Fatal(err)
	}
	if *table {
		tabulate(folder, list, modules, cases)
		return
	}
	report(cases)
}

// names are those of the list.
func names(list string) []string {
	text, err := os.ReadFile(list)
	if err != nil {
		log.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] != "#" && !strings.HasPrefix(line, "#") {
			names = append(names, f[0])
		}
	}
	return names
}

// A run is a network with inputs.
type run struct {
	Model        string           `json:"model"`
	Inputs       map[string]array `json:"inputs"`
	Milliseconds float64          `json:"milliseconds"`

	name    string
	n       int
	in      map[string]onnx.Array
	err     error
	outputs []array
	exact   []array // the same in float64
	names   []string
	cold    time.Duration
	times   []time.Duration
	peer    result
}

type array struct {
	Type string `json:"type"`
	Dims []int  `json:"dims"`
	Data any    `json:"data"`
}

type result struct {
	Error             string  `json:"error"`
	Outputs           []array `json:"outputs"`
	Cold, Median, P99 float64
	Resident          float64 // bytes, at most
}

// prepare reads a network, draws its inputs and runs it.
func prepare(folder, name string, n int, each time.Duration) *run {
	c := &run{Model: filepath.Join(folder, name+".onnx"), Inputs: map[string]array{}, name: name, n: n, Milliseconds: float64(each.Milliseconds())}
	begin := time.Now()
	f, err := onnx.ReadFile(c.Model, options(name))
	if err != nil {
		c.err = err
		return c
	}
	s, err := f.Session()
	if err != nil {
		c.err = err
		return c
	}
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	in := map[string]onnx.Array{}
	for _, p := range f.Takes() {
		a := draw(rng, p, name, n)
		in[p.Name] = a
		c.Inputs[p.Name] = array{p.Type, a.Dims, a.Data}
	}
	for input, v := range options(name).Fixed {
		c.Inputs[input] = array{"int64", []int{}, []int64{int64(v.ScalarValue().(float64))}}
	}
	out, err := s.Run(in)
	c.cold = time.Since(begin)
	if err != nil {
		c.err = err
		return c
	}
	for i, p := range f.Outputs {
		c.outputs = append(c.outputs, array{p.Type, out[i].Dims, out[i].Data})
		c.names = append(c.names, p.Name)
	}
	c.in = in
	for end := time.Now().Add(each); time.Now().Before(end); {
		begin := time.Now()
		if _, err := s.Run(in); err != nil {
			c.err = err
		}
		c.times = append(c.times, time.Since(begin))
	}
	slices.Sort(c.times)
	return c
}

// runtime runs the cases in ONNX Runtime.
func runtime(modules string, cases []*run) error {
	folder, err := os.MkdirTemp("", "forty")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	from, to := filepath.Join(folder, "cases.json"), filepath.Join(folder, "results.json")
	text, err := json.Marshal(cases)
	if err != nil {
		return err
	}
	if err := os.WriteFile(from, text, 0o600); err != nil {
		return err
	}
	cmd := exec.Command("node", "forty/ort.mjs", modules, from, to)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	if text, err = os.ReadFile(to); err != nil {
		return err
	}
	var results []result
	if err := json.Unmarshal(text, &results); err != nil {
		return err
	}
	for i := range cases {
		cases[i].peer = results[i]
	}
	return nil
}
