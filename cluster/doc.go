// Package cluster trains on several processes that MPI has started, on one machine or on
// many:
//
//	go build ./examples/cluster
//	mpirun -n 4 ./cluster
//
// A process joins the others and gives the group to a training:
//
//	group, err := cluster.Join()
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer group.Leave()
//	_, err = model.Fit(ctx, train, models.FitOptions{Parts: 8, Group: group})
//
// Each batch is cut into Parts, whose gradients are added along a fixed tree. So 1, 2, 4 or
// 8 processes, and a program without a group and with the same Parts, end with the same
// bits.
//
// All processes do the same: they make the same model, read the same rows, and call Fit with
// the same options, which Fit checks. Where one fails, Fit returns an error on all of them that
// names it. What a step exchanges, and when more processes pay, is in docs/scale.md.
//
// The MPI library is loaded at run time. A program that imports this package is built
// without a C compiler, and one that does not call Join does not need MPI. The library has
// to be Open MPI (Debian: openmpi-bin); Join refuses any other.
package cluster
