package cluster

import "errors"

var (
	// ErrNoMPI says that there is no MPI library that this package can use.
	ErrNoMPI = errors.New("no Open MPI")

	// ErrMPI says that a call of the MPI library has failed.
	ErrMPI = errors.New("MPI failed")

	// ErrRank says that another process of the group has failed, and which.
	ErrRank = errors.New("another rank failed")

	// ErrLeft says that the group is used after Leave.
	ErrLeft = errors.New("the group was left")
)
