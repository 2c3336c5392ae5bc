//go:build (linux || darwin || freebsd) && (amd64 || arm64)

package cluster

import (
	"errors"
	"fmt"

	"github.com/ebitengine/purego"
)

// names are the files of Open MPI 4 and 5, and what a development package links to them.
var names = []string{"libmpi.so.40", "libmpi.so", "libmpi.40.dylib", "libmpi.dylib"}

// load opens Open MPI and finds what this package calls.
func load() (*library, error) {
	var failures []error
	for _, name := range names {
		// MPI opens components of its own, which need its symbols.
		handle, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_GLOBAL)
		if err == nil {
			return find(handle, name)
		}
		failures = append(failures, err)
	}
	return nil, fmt.Errorf("%w: install openmpi-bin (Debian, Ubuntu), openmpi (Fedora, Homebrew), or set LD_LIBRARY_PATH to where libmpi.so.40 is: %w",
		ErrNoMPI, errors.Join(failures...))
}

// find looks up the functions and handles of the library.
func find(handle uintptr, name string) (*library, error) {
	l := &library{name: name}
	handles := map[string]*uintptr{
		"ompi_mpi_comm_world": &l.world, "ompi_mpi_byte": &l.bytes, "ompi_mpi_errors_return": &l.errorsReturn,
	}
	for symbol, p := range handles {
		at, err := purego.Dlsym(handle, symbol)
		if err != nil {
			return nil, fmt.Errorf("%w: %s is another MPI: it has no %s; install openmpi-bin", ErrNoMPI, name, symbol)
		}
		*p = at
	}
	functions := map[string]any{
		"MPI_Init_thread": &l.initThread, "MPI_Initialized": &l.initialized, "MPI_Comm_set_errhandler": &l.setErrorHandler,
		"MPI_Comm_rank": &l.commRank, "MPI_Comm_size": &l.commSize, "MPI_Sendrecv": &l.sendReceive, "MPI_Allgather": &l.allgather,
		"MPI_Finalize": &l.finalize, "MPI_Error_string": &l.errorString,
	}
	for symbol, f := range functions {
		at, err := purego.Dlsym(handle, symbol)
		if err != nil {
			return nil, fmt.Errorf("%w: %s has no %s", ErrNoMPI, name, symbol)
		}
		purego.RegisterFunc(f, at)
	}
	return l, nil
}
