// Command asm writes the assembly of package kernel into the folder given as its
// argument: one file of assembly and one of declarations for every subject and
// instruction set, the tables that bind them, what needs no instruction set, and the
// values that plain Go looks up.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"regexp"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// subjects are the files; every one is written for AVX2 and AVX-512, and holds its
// kernels for float32 and float64.
var subjects = []struct {
	name string
	emit func(v *vec)
}{
	{"arith", arithmetic},
	{"rectify", rectifiers},
	{"exp", transcendental},
	{"gauss", gauss},
	{"reduce", reductions},
	{"update", updates},
	{"outer", outer},
	{"dot", dot},
	{"pack", packing},
	{"runs", runDots},
	{"pool", pools},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: asm folder")
	}
	folder := os.Args[1]
	var tables bytes.Buffer
	fmt.Fprintf(&tables, "// %s\n\n//go:build amd64 && !noasm\n\npackage kernel\n", config.GeneratedWarning())
	for _, wide := range []bool{false, true} {
		isa := (&vec{wide: wide}).isa()
		fmt.Fprintf(&tables, "\nfunc set%s(t32 *table[float32], t64 *table[float64]) {\n", isa)
		for _, s := range subjects {
			c := build.NewContext()
			c.ConstraintExpr("amd64,!noasm")
			data := map[string]operand.Mem{}
			for _, f64 := range []bool{false, true} {
				v := &vec{Context: c, wide: wide, f64: f64, data: data}
				s.emit(v)
				for _, kernel := range v.kernels {
					fmt.Fprintf(&tables, "t%d.%s = %s\n", 8*v.size(), kernel, v.symbol(kernel))
				}
			}
			if err := write(c, filepath.Join(folder, s.name+"_"+suffix[isa]+"_amd64"), wide); err != nil {
				log.Fatalf("%s for %s: %v", s.name, isa, err)
			}
		}
		fmt.Fprintln(&tables, "}")
	}
	c := build.NewContext()
	pause(c)
	if err := write(c, filepath.Join(folder, "pause_amd64"), false); err != nil {
		log.Fatalf("pause: %v", err)
	}
	text, err := format.Source(tables.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "tables_amd64.go"), text, 0o666); err != nil {
		log.Fatal(err)
	}
	if err := writeSIMD(folder); err != nil {
		log.Fatal(err)
	}
	if err := writeNEON(folder); err != nil {
		log.Fatal(err)
	}
	for name, tables := range map[string]func() ([]byte, error){"values_go.go": values, "points_go.go": points} {
		text, err := tables()
		if err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

var suffix = map[string]string{"AVX2": "avx2", "AVX512": "avx512"}

var config = printer.Config{Name: "the module in the folder asm", Pkg: "kernel"}

// beyondAVX2 finds registers that only AVX-512 has.
var beyondAVX2 = regexp.MustCompile(`\b[XY](1[6-9]|2\d|3[01])\b|\bZ\d+\b|\bK[0-7]\b`)

// write compiles a file and writes its two halves.
func write(c *build.Context, path string, wide bool) error {
	f, err := c.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(f); err != nil {
		return err
	}
	for _, fn := range f.Functions() {
		dropSelfMoves(fn)
		broadcastConstants(fn)
	}
	code, err := printer.NewGoAsm(config).Print(f)
	if err != nil {
		return err
	}
	if r := beyondAVX2.Find(code); !wide && r != nil {
		return fmt.Errorf("register %s is not one of AVX2", r)
	}
	stubs, err := printer.NewStubs(config).Print(f)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".s", code, 0o666); err != nil {
		return err
	}
	return os.WriteFile(path+".go", stubs, 0o666)
}

// dropSelfMoves removes moves of a vector register to itself, which are left where
// a copy turned out not to be needed.
func dropSelfMoves(fn *ir.Function) {
	kept := fn.Nodes[:0]
	for _, n := range fn.Nodes {
		i, ok := n.(*ir.Instruction)
		if ok && (i.Opcode == "VMOVUPS" || i.Opcode == "VMOVUPD") && len(i.Operands) == 2 && i.Operands[0] == i.Operands[1] {
			continue
		}
		kept = append(kept, n)
	}
	fn.Nodes = kept
}
