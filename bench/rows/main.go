// Command rows measures tables that are larger than memory should hold: it makes a CSV file of random numbers, converts it,
// and trains logistic regression and a network of 32, 8 and 1 units on it, each in a process of its own and on one thread, whose
// time and largest resident memory it prints.
//
//	go run ./bench/rows -rows 100000,1000000,10000000 -columns 30 -dir /tmp/rows
//
// Ten million rows of thirty columns take 2.7 GB as CSV, 2.5 GB converted, and as much again while features are standardised.
// The CSV file is removed when it is converted, the rest at the end.
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/mem"
	"adjoint/models"
)

var (
	sizes   = flag.String("rows", "1000000", "the number of rows, or several between commas")
	columns = flag.Int("columns", 30, "the number of features")
	dir     = flag.String("dir", os.TempDir(), "a folder with room for the files")
	step    = flag.String("step", "", "one step, in this process: generate, convert, logistic or network")
)

// rows is the number of rows of a step.
var rows int

func main() {
	log.SetFlags(0)
	flag.Parse()
	steps := map[string]func() error{"generate": generate, "convert": convert, "logistic": logistic, "network": network}
	if *step != "" {
		var err error
		rows, err = strconv.Atoi(*sizes)
		check(err)
		check(steps[*step]())
		return
	}
	check(os.MkdirAll(*dir, 0o777))
	for _, size := range strings.Split(*sizes, ",") {
		for _, name := range []string{"generate", "convert", "logistic", "network"} {
			begin := time.Now()
			c := exec.Command(os.Args[0], "-rows", size, "-columns", strconv.Itoa(*columns), "-dir", *dir, "-step", name)
			c.Stderr = os.Stderr
			out, err := c.Output()
			check(err)
			fmt.Printf("%8s rows  %-9s %6.1f s  %s", size, name, time.Since(begin).Seconds(), out)
		}
		check(os.Remove(converted()))
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func csv() string       { return filepath.Join(*dir, "rows.csv") }
func converted() string { return filepath.Join(*dir, "rows.adjoint") }

// peak says the largest resident memory of this process so far, 0 where the system does not tell.
func peak() string { return fmt.Sprintf("%.0f MB resident at most", mem.Peak()) }

// generate writes normal numbers of five decimals, whose weighted sum decides the class, with noise.
func generate() error {
	f, err := os.Create(csv())
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	rng := rand.New(rand.NewPCG(1, 2))
	var line bytes.Buffer
	for j := range *columns {
		fmt.Fprintf(&line, "x%d,", j)
	}
	line.WriteString("y\n")
	for range rows {
		if _, err := w.Write(line.Bytes()); err != nil {
			return err
		}
		line.Reset()
		z := rng.NormFloat64()
		for j := range *columns {
			x := rng.NormFloat64()
			z += x * float64(j%5-2) / 4
			line.Write(strconv.AppendFloat(line.AvailableBuffer(), x, 'f', 5, 64))
			line.WriteByte(',')
		}
		line.WriteString(map[bool]string{true: "1\n", false: "0\n"}[z > 0])
	}
	if _, err := w.Write(line.Bytes()); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	fmt.Printf("%d MB\n", info.Size()>>20)
	return f.Close()
}

func convert() error {
	runtime.GOMAXPROCS(1)
	info, err := os.Stat(csv())
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := (data.Stream{Files: []string{csv()}}).Convert(converted()); err != nil {
		return err
	}
	fmt.Printf("%.0f MB/s, %s\n", float64(info.Size())/1e6/time.Since(begin).Seconds(), peak())
	return os.Remove(csv())
}

func logistic() error {
	return train(&models.Logistic{Penalty: models.L2, Lambda: 1}, models.FitOptions{})
}

func network() error {
	return train(&models.Deep{Layers: []models.Layer{
		models.Dense{Units: 32, Activation: models.ReLU}, models.Dense{Units: 8, Activation: models.ReLU},
		models.Dense{Units: 1, Activation: models.Sigmoid},
	}, Standardize: true, Float32: true}, models.FitOptions{Epochs: 1, Batch: 1024})
}

func train(m models.Model, o models.FitOptions) error {
	graph.SetThreads(1)
	begin := time.Now()
	d, err := data.OpenRows(converted())
	if err != nil {
		return err
	}
	defer d.Close()
	opened := time.Since(begin)
	h, err := m.Fit(context.Background(), d, o)
	if err != nil {
		return err
	}
	trained, most := time.Since(begin)-opened, peak()
	s, err := m.Evaluate(d)
	if err != nil {
		return err
	}
	fmt.Printf("opened in %.1f s, with %d steps trained in %.1f s, %s; scored in %.1f s, AUC %.4f, %s\n",
		opened.Seconds(), h.Steps, trained.Seconds(), most, (time.Since(begin) - opened - trained).Seconds(), s.AUC, peak())
	return nil
}
