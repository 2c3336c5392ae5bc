// Cluster trains models on all the processes that mpirun starts, and prints the SHA-256 of the
// weights with which they end: the same for any number of processes, and for none of MPI's.
//
//	go build ./examples/cluster
//	mpirun -n 4 ./cluster
//	./cluster -alone
package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"adjoint/cluster"
	"adjoint/examples/internal/example"
	"adjoint/models"
	"adjoint/store"
)

var (
	alone      = flag.Bool("alone", false, "do not ask for MPI")
	names      = flag.String("models", "wide", "what to train: wide, small or logistic, or several with commas between them")
	parts      = flag.Int("parts", 8, "into how many parts each batch is cut")
	epochs     = flag.Int("epochs", 5, "how often the rows are gone through")
	batch      = flag.Int("batch", 64, "examples of a step")
	single     = flag.Bool("float32", false, "compute in float32")
	checkpoint = flag.String("checkpoint", "", "a file that each epoch is saved to, and that a training goes on from if it is there")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	o, size := models.FitOptions{Parts: *parts}, 1
	if !*alone {
		group := example.Must(cluster.Join())
		defer func() { example.Check(group.Leave()) }()
		o.Group, size = group, group.Size()
	}
	for _, name := range strings.Split(*names, ",") {
		digest := fit(ctx, name, o)
		if o.Group == nil || o.Group.Rank() == 0 {
			fmt.Printf("%s, %d processes, %d parts: weights %x\n", name, size, *parts, digest)
		}
	}
}

// fit trains a model and returns the digest of its weights.
func fit(ctx context.Context, name string, o models.FitOptions) []byte {
	m, train := model(name)
	if name != "logistic" { // which has neither epochs nor batches
		o.Epochs, o.Batch = *epochs, *batch
	}
	if *checkpoint != "" {
		o.Callbacks = append(o.Callbacks, &store.Checkpoint{Path: *checkpoint})
		if _, err := os.Stat(*checkpoint); err == nil {
			o.Resume = example.Must(store.LoadSnapshot(*checkpoint))
		}
	}
	example.Must(m.Fit(ctx, train, o))
	digest := sha256.New()
	for _, w := range example.Must(m.Formula()).Params {
		example.Check(binary.Write(digest, binary.LittleEndian, w.Value().Data()))
	}
	return digest.Sum(nil)[:16]
}
