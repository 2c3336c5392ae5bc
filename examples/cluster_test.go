package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"
)

var weights = regexp.MustCompile(`(?m)^\w+, (\d+) processes, 8 parts: weights ([0-9a-f]{32})$`)

func TestCluster(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("MPI is called on amd64 and arm64")
	}
	if _, err := exec.LookPath("mpirun"); err != nil {
		t.Skip("no mpirun: install openmpi-bin")
	}
	program := program(t, "cluster")
	t.Run("bits", func(t *testing.T) { sameBits(t, program) })
	t.Run("ends", func(t *testing.T) { endsAndGoesOn(t, program) })
}

// Any number of processes of MPI ends with the weights of one that knows of no MPI: a wide
// network, a small one, and a search by L-BFGS.
func sameBits(t *testing.T, program string) {
	t.Helper()
	for _, c := range []struct {
		args      []string
		processes []int
	}{
		{nil, []int{1, 2, 8}},
		{[]string{"-float32", "-batch", "37"}, []int{3, 4}},
	} {
		args := append([]string{"-models", "wide,small,logistic", "-epochs", "1"}, c.args...)
		alone := digestsOf(t, 1, exec.Command(program, append([]string{"-alone"}, args...)...))
		for _, n := range c.processes {
			if got := digestsOf(t, n, mpirun(n, program, args...)); got != alone {
				t.Errorf("%v: %d processes end with %s, one alone with %s", args, n, got, alone)
			}
		}
	}
}

// Where a process is killed, and where Ctrl-C ends mpirun, none is left five seconds later, and
// the checkpoint is whole: a training goes on from it to the bits of one that was not disturbed.
func endsAndGoesOn(t *testing.T, program string) {
	t.Helper()
	args := []string{"-models", "small", "-epochs", "40"}
	alone := digestsOf(t, 1, exec.Command(program, append([]string{"-alone"}, args...)...))
	for name, end := range map[string]func(all *exec.Cmd, rank *os.Process) error{
		"kill":   func(_ *exec.Cmd, rank *os.Process) error { return rank.Kill() },
		"Ctrl-C": func(all *exec.Cmd, _ *os.Process) error { return all.Process.Signal(os.Interrupt) },
	} {
		checkpoint := filepath.Join(t.TempDir(), "checkpoint")
		args := append(args[:len(args):len(args)], "-checkpoint", checkpoint)
		all := mpirun(2, program, args...)
		if err := all.Start(); err != nil {
			t.Fatal(err)
		}
		within(t, time.Minute, "a checkpoint", func() bool { _, err := os.Stat(checkpoint); return err == nil })
		ranks := running(t, program)
		if len(ranks) != 2 {
			t.Fatalf("%d processes run", len(ranks))
		}
		if err := end(all, ranks[1]); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- all.Wait() }()
		within(t, 5*time.Second, "the end of all after "+name, func() bool { return len(running(t, program)) == 0 })
		if err := <-ended; err == nil {
			t.Errorf("%s: mpirun ends without an error", name)
		}
		if got := digestsOf(t, 1, mpirun(1, program, args...)); got != alone {
			t.Errorf("%s: one process goes on to %s, undisturbed it is %s", name, got, alone)
		}
	}
}

// mpirun returns the command that runs a program by n processes.
func mpirun(n int, program string, args ...string) *exec.Cmd {
	cmd := exec.Command("mpirun", append([]string{"--oversubscribe", "-n", fmt.Sprint(n), program}, args...)...)
	cmd.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	return cmd
}

// running returns the processes that run a program.
func running(t *testing.T, program string) (list []*os.Process) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil || links == nil {
		t.Skip("no /proc here")
	}
	for _, link := range links {
		if path, err := os.Readlink(link); err != nil || path != program {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err != nil {
			t.Fatal(err)
		}
		if p, err := os.FindProcess(pid); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// within waits until something is so, and fails the test if that takes too long.
func within(t *testing.T, limit time.Duration, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%v have passed without %s", limit, what)
		}
	}
}

// digestsOf runs a command on so many processes and returns the digests that it prints.
func digestsOf(t *testing.T, processes int, cmd *exec.Cmd) string {
	t.Helper()
	timer := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	all := ""
	for _, m := range weights.FindAllSubmatch(out, -1) {
		if all += " " + string(m[2]); string(m[1]) != fmt.Sprint(processes) {
			t.Errorf("%v: %s", cmd.Args, m[0])
		}
	}
	if err != nil || all == "" {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return all
}
