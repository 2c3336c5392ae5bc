package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

var weights = regexp.MustCompile(`(?m)^(\d+) processes, 8 parts: weights ([0-9a-f]{32})$`)

// Any number of processes of MPI ends with the weights of one that knows of no MPI.
func TestCluster(t *testing.T) {
	mpirun, err := exec.LookPath("mpirun")
	if err != nil {
		t.Skip("no mpirun: install openmpi-bin")
	}
	program := filepath.Join(t.TempDir(), "cluster")
	build := exec.Command("go", "build", "-o", program, "./cluster")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, args := range [][]string{{"-epochs", "1"}, {"-epochs", "1", "-float32", "-batch", "37"}, {"-logistic"}} {
		alone := digestOf(t, 1, exec.Command(program, append([]string{"-alone"}, args...)...))
		for _, n := range []int{1, 2, 3, 4, 8} {
			cmd := exec.Command(mpirun, append([]string{"--oversubscribe", "-n", fmt.Sprint(n), program}, args...)...)
			cmd.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
			if got := digestOf(t, n, cmd); got != alone {
				t.Errorf("%v: %d processes end with %s, one alone with %s", args, n, got, alone)
			}
		}
	}
}

// digestOf runs a command on so many processes and returns the digest that it prints.
func digestOf(t *testing.T, processes int, cmd *exec.Cmd) string {
	t.Helper()
	timer := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	m := weights.FindSubmatch(out)
	if err != nil || m == nil || string(m[1]) != fmt.Sprint(processes) {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(m[2])
}
