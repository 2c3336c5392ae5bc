//go:build !((linux || darwin || freebsd) && (amd64 || arm64))

package cluster

import (
	"fmt"
	"runtime"
)

// load says that there is no MPI for this system.
func load() (*library, error) {
	return nil, fmt.Errorf("%w on %s/%s", ErrNoMPI, runtime.GOOS, runtime.GOARCH)
}
