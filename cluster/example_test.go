package cluster_test

import (
	"fmt"
	"log"

	"adjoint/cluster"
)

// What each process that mpirun has started does first and last. It has no output to
// compare: a process that was started without MPI cannot join.
func Example() {
	group, err := cluster.Join()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("process %d of %d\n", group.Rank(), group.Size())
	if err := group.Leave(); err != nil {
		log.Fatal(err)
	}
}
