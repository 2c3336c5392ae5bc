// Cluster trains one model on all the processes that mpirun starts, and prints the SHA-256
// of the weights with which it ends: the same for any number of processes, and for none of
// MPI's.
//
//	go build ./examples/cluster
//	mpirun -n 4 ./cluster
//	./cluster -alone
package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"

	"adjoint/cluster"
	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/models"
	"adjoint/store"
)

func main() {
	log.SetFlags(0)
	alone := flag.Bool("alone", false, "do not ask for MPI")
	parts := flag.Int("parts", 8, "into how many parts each batch is cut")
	epochs := flag.Int("epochs", 5, "how often the rows are gone through")
	batch := flag.Int("batch", 64, "examples of a step")
	single := flag.Bool("float32", false, "compute in float32")
	logistic := flag.Bool("logistic", false, "a logistic regression by L-BFGS in place of the network")
	checkpoint := flag.String("checkpoint", "", "a file that each epoch is saved to, and that a training goes on from if it is there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	o := models.FitOptions{Parts: *parts}
	rank, size := 0, 1
	if !*alone {
		group := example.Must(cluster.Join())
		defer func() { example.Check(group.Leave()) }()
		o.Group, rank, size = group, group.Rank(), group.Size()
	}
	var m models.Model = &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true, Float32: *single}
	train := data.BreastCancer()
	if !*logistic {
		m = &models.Deep{Float32: *single, Seed: 1, Layers: []models.Layer{
			models.Dense{Units: 512, Activation: models.ReLU}, models.Dropout{Rate: 0.2},
			models.Dense{Units: 256, Activation: models.ReLU}, models.Dense{Units: 10, Activation: models.Softmax},
		}}
		train, o.Epochs, o.Batch = data.Digits(), *epochs, *batch
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
		fmt.Fprint(digest, w.Value().Data())
	}
	if rank == 0 {
		fmt.Printf("%d processes, %d parts: weights %x\n", size, *parts, digest.Sum(nil)[:16])
	}
}
