package kernel

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the columns of this machine in testdata/kernels.txt")

const surveyFile = "testdata/kernels.txt"

// TestSurvey holds the table of kernels by instruction set to be what testdata has: for
// every kernel, the float types for which it is vector code, or go. Columns of
// instruction sets that this machine has not are left alone.
func TestSurvey(t *testing.T) {
	defer use(inUse)
	columns := map[string]map[string]string{}
	for _, l := range levels() {
		use(l)
		columns[l.String()] = survey()
	}
	text, err := os.ReadFile(surveyFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	known := map[string]map[string]string{}
	names := []string{"avx2", "avx512", "neon", "simd"}
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Fields(line)
		for i, isa := range names {
			if len(f) == 1+len(names) && f[0] != "kernel" {
				if known[isa] == nil {
					known[isa] = map[string]string{}
				}
				known[isa][f[0]] = f[i+1]
			}
		}
	}
	for isa, column := range columns {
		known[isa] = column
	}
	if got := surveyText(names, known); *update {
		if err := os.WriteFile(surveyFile, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if got != string(text) {
		t.Errorf("the kernels in use are not those of %s (-update rewrites it); here they are\n%s", surveyFile, got)
	}
}

// survey returns what the kernels in use are.
func survey() map[string]string {
	column := map[string]string{"product": "go"}
	if inUse != plainGo {
		column["product"] = "32,64"
	}
	v32, v64 := reflect.ValueOf(table32), reflect.ValueOf(table64)
	g32, g64 := reflect.ValueOf(goTable[float32]()), reflect.ValueOf(goTable[float64]())
	for i := range v32.NumField() {
		var types []string
		if v32.Field(i).Pointer() != g32.Field(i).Pointer() {
			types = append(types, "32")
		}
		if v64.Field(i).Pointer() != g64.Field(i).Pointer() {
			types = append(types, "64")
		}
		if types == nil {
			types = []string{"go"}
		}
		column[v32.Type().Field(i).Name] = strings.Join(types, ",")
	}
	return column
}

// surveyText prints the table, its rows in the order of the fields of table.
func surveyText(names []string, columns map[string]map[string]string) string {
	var b strings.Builder
	row := func(name string, cell func(isa string) string) {
		line := fmt.Sprintf("%-18s", name)
		for _, isa := range names {
			line += fmt.Sprintf("%-8s", cell(isa))
		}
		fmt.Fprintln(&b, strings.TrimRight(line, " "))
	}
	row("kernel", func(isa string) string { return isa })
	kernels := []string{"product"}
	for i, t := 0, reflect.TypeFor[table[float32]](); i < t.NumField(); i++ {
		kernels = append(kernels, t.Field(i).Name)
	}
	for _, kernel := range kernels {
		row(kernel, func(isa string) string {
			if c, ok := columns[isa][kernel]; ok {
				return c
			}
			return "go"
		})
	}
	return b.String()
}

// TestUse chooses the instruction sets by name, as the environment variable does.
func TestUse(t *testing.T) {
	defer use(inUse)
	for _, l := range levels() {
		if err := Use(l.String()); err != nil || ISA() != l.String() {
			t.Errorf("Use(%q): %v; in use is %s", l, err, ISA())
		}
	}
	if err := Use("go"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "sse9", "GO"} {
		if err := Use(name); err == nil || !strings.Contains(err.Error(), "go") || ISA() != "go" {
			t.Errorf("Use(%q): %v; in use is %s", name, err, ISA())
		}
	}
}
