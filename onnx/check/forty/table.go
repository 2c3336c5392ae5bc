package main

import (
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// tabulate prints the table of docs/onnx.md: of each network at its larger number of examples the
// times of a run, and of a process of its own the memory that was resident at most.
func tabulate(folder, list, modules string, cases []*run) {
	fmt.Println("| network | adjoint, ms | p99 | cold | MB | ONNX Runtime, ms | p99 | cold | MB |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	for _, c := range cases {
		if c.n == 1 {
			continue
		}
		if c.err != nil || c.peer.Error != "" {
			fmt.Printf("| %s | %v %s |\n", c.name, c.err, c.peer.Error)
			continue
		}
		ours, theirs := residents(folder, list, modules, c)
		n := len(c.times)
		fmt.Printf("| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", c.name,
			digits(c.times[n/2].Seconds()*1e3), digits(c.times[n*99/100].Seconds()*1e3), digits(c.cold.Seconds()*1e3), digits(ours/1e6),
			digits(c.peer.Median), digits(c.peer.P99), digits(c.peer.Cold), digits(theirs/1e6))
	}
	fmt.Printf("\nbytes on disk: this program %.0f MB, the folder of onnxruntime-node for Linux %.0f MB, node %.0f MB\n",
		sizeOf(os.Args[0]), sizeOf(filepath.Join(modules, "onnxruntime-node", "bin", "napi-v6", "linux", "x64")), sizeOf(node()))
}

// digits is a number with two digits, or more if it is larger.
func digits(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

// residents are the bytes that a network takes in a process of its own, here and in ONNX Runtime.
func residents(folder, list, modules string, c *run) (ours, theirs float64) {
	out, err := exec.Command(os.Args[0], folder, list, modules, "-only", c.name, "-memory").Output()
	if err != nil {
		log.Fatal(err)
	}
	if ours, err = strconv.ParseFloat(strings.TrimSpace(string(out)), 64); err != nil {
		log.Fatal(err)
	}
	alone := *c
	alone.Milliseconds = 0
	if err := runtime(modules, []*run{&alone}); err != nil {
		log.Fatal(err)
	}
	return ours, alone.peer.Resident
}

// sizeOf is that of a file, or of all files in a folder, in MB.
func sizeOf(path string) (mb float64) {
	err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			mb += float64(info.Size()) / 1e6
		}
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	return mb
}

// node is the program that runs ONNX Runtime.
func node() string {
	path, err := exec.LookPath("node")
	if err != nil {
		log.Fatal(err)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		log.Fatal(err)
	}
	return path
}
