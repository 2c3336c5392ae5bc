// Command check writes ONNX files, with values for their inputs and the outputs that
// the engine computes from them, to a folder. The script check.sh beside this folder
// runs it, and compares with what onnx.checker and ONNX Runtime say.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
)

// A file is an ONNX file and what it should compute, which is in a file beside it.
type file struct {
	Tolerance float64 // of outputs, relative to the largest entry of all runs or to the Floor
	Entrywise bool    // relative to each entry, or to the Floor, instead; an entry that is NaN may be anything
	Runs      []run
}

// A run is a number of examples: inputs and outputs by name.
type run struct {
	Inputs  map[string]array
	Outputs map[string]output
}

// An output is what is expected.
type output struct {
	array
	Floor float64
}

// An array is a tensor; its entries are written in little-endian order, as base64.
type array struct {
	Type string
	Dims []int
	Data []byte
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: check folder")
	}
	for _, write := range []func(folder) error{writeOps, writeKnown, writeModels, writeTables, writeTowers} {
		if err := write(folder(os.Args[1])); err != nil {
			log.Fatal(err)
		}
	}
}

// A folder is where files are written.
type folder string

// write writes an ONNX file, and beside it what it should compute.
func (f folder) write(name string, expected file, write func(w io.Writer) error) error {
	path := filepath.Join(string(f), name)
	w, err := os.Create(path + ".onnx")
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := w.Close(); err != nil {
		return err
	}
	text, err := json.Marshal(expected)
	if err != nil {
		return err
	}
	return os.WriteFile(path+".json", text, 0o666)
}
