package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"adjoint/cluster"
	"adjoint/data"
	"adjoint/models"
)

// role is the environment variable that makes the test program a rank.
const role = "ADJOINT_TEST_RANK"

// roles are what a rank does, by name. Each prints one line.
var roles = map[string]func(g *cluster.Group) error{
	"ring":  ring,
	"agree": agree,
	"twice": func(*cluster.Group) error {
		_, err := cluster.Join()
		if !errors.Is(err, cluster.ErrMPI) {
			return fmt.Errorf("a second Join: %v", err)
		}
		return nil
	},
	"fail": fail,
	"die": func(g *cluster.Group) error {
		if g.Rank() == 1 {
			os.Exit(3)
		}
		return g.Agree(nil)
	},
}

func TestMain(m *testing.M) {
	if f, ok := roles[os.Getenv(role)]; ok {
		os.Exit(run(f))
	}
	os.Exit(m.Run())
}

func run(f func(g *cluster.Group) error) int {
	g, err := cluster.Join()
	if err == nil {
		err = f(g)
	}
	if err == nil {
		err = g.Leave()
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if err := g.Agree(nil); !errors.Is(err, cluster.ErrLeft) {
		fmt.Println("after Leave:", err)
		return 1
	}
	fmt.Printf("rank %d of %d done\n", g.Rank(), g.Size())
	return 0
}

// ring sends 3 MB to the next rank, which is what comes from the one before.
func ring(g *cluster.Group) error {
	n := g.Size()
	for _, length := range []int{0, 1, 3 << 20} {
		mine, got := make([]byte, length), make([]byte, length)
		for i := range mine {
			mine[i] = byte(i*7 + g.Rank())
		}
		// An even rank sends first, so that a message of any length finds its receiver.
		next, before := (g.Rank()+1)%n, (g.Rank()+n-1)%n
		passes := []func() error{
			func() error { return g.Exchange(next, mine, nil) },
			func() error { return g.Exchange(before, nil, got) },
		}
		if n == 1 {
			passes = []func() error{func() error { return g.Exchange(0, mine, got) }}
		} else if g.Rank()%2 == 1 {
			passes[0], passes[1] = passes[1], passes[0]
		}
		for _, pass := range passes {
			if err := pass(); err != nil {
				return err
			}
		}
		for i := range got {
			if got[i] != byte(i*7+before) {
				return fmt.Errorf("byte %d of %d from rank %d is %d", i, length, before, got[i])
			}
		}
	}
	if err := g.Exchange(n, []byte{1}, nil); !errors.Is(err, cluster.ErrMPI) {
		return fmt.Errorf("a rank that is not there: %v", err)
	}
	return nil
}

// agree has the ranks 1 and 2 fail, and all are told of 1.
func agree(g *cluster.Group) error {
	if err := g.Agree(nil); err != nil {
		return err
	}
	bad := errors.New(strings.Repeat("ξ", 600) + " is bad") // longer than a message
	var mine error
	if g.Rank() == 1 || g.Rank() == 2 {
		mine = bad
	}
	err := g.Agree(mine)
	if !strings.Contains(err.Error(), fmt.Sprintf("rank 1 of %d: ξ", g.Size())) {
		return fmt.Errorf("rank %d was told %v", g.Rank(), err)
	}
	if errors.Is(err, bad) != (g.Rank() == 1) || errors.Is(err, cluster.ErrRank) != (g.Rank() != 1) {
		return fmt.Errorf("rank %d: the error wraps another one: %v", g.Rank(), err)
	}
	return g.Agree(nil)
}

// fail has rank 1 meet bad data and be cancelled, and part 3, which is one of rank 1, diverge.
// All ranks are told who failed.
func fail(g *cluster.Group) error {
	here := g.Rank() == 1
	fit := func(change func(d *data.Dataset, cancel context.CancelFunc)) error {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		d := data.Iris()
		change(d, cancel)
		m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 1}}}
		_, err := m.Fit(ctx, d, models.FitOptions{Epochs: 2, FullBatch: true, Parts: 8, Group: g})
		return err
	}
	for _, c := range []struct {
		want   string
		change func(d *data.Dataset, cancel context.CancelFunc)
	}{
		{"row 4", func(d *data.Dataset, _ context.CancelFunc) {
			if d.Classes = nil; here {
				d.X[4*4] = math.NaN()
			}
		}},
		{"context canceled", func(d *data.Dataset, cancel context.CancelFunc) {
			if d.Classes = nil; here {
				cancel()
			}
		}},
		{"on part 5 of the batch, of 8, J or its gradient is not finite", func(d *data.Dataset, _ context.CancelFunc) {
			d.Classes, d.Y[80] = nil, 1e300
		}},
	} {
		err := fit(c.change)
		if err == nil || !strings.Contains(err.Error(), "rank 1 of 2: ") || !strings.Contains(err.Error(), c.want) {
			return fmt.Errorf("rank %d, in place of %s: %v", g.Rank(), c.want, err)
		}
		fmt.Println(err)
	}
	return nil
}

// findMPI returns the path of mpirun. It skips the test without it, and where the package calls
// no MPI.
func findMPI(t *testing.T) string {
	t.Helper()
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("MPI is called on amd64 and arm64")
	}
	path, err := exec.LookPath("mpirun")
	if err != nil {
		t.Skip("no mpirun: install openmpi-bin")
	}
	return path
}

// mpirun runs a role on ranks of this program.
func mpirun(t *testing.T, ranks int, what string) (string, error) {
	t.Helper()
	path := findMPI(t)
	cmd := exec.Command(path, "--oversubscribe", "-n", fmt.Sprint(ranks), os.Args[0])
	cmd.Env = append(os.Environ(), role+"="+what, "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestRanks(t *testing.T) {
	for _, ranks := range []int{1, 2, 4, 8} {
		for _, what := range []string{"ring", "agree", "twice", "fail"} {
			if what == "agree" && ranks < 2 || what == "fail" && ranks != 2 {
				continue
			}
			out, err := mpirun(t, ranks, what)
			if err != nil || strings.Count(out, "done\n") != ranks {
				t.Errorf("%s on %d ranks: %v\n%s", what, ranks, err, out)
			}
		}
	}
}

// Where a rank dies, the others do not wait for it.
func TestDeadRank(t *testing.T) {
	out, err := mpirun(t, 3, "die")
	if err == nil || !strings.Contains(out, "[3") && !strings.Contains(out, "Exit code:    3") {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(out, "done") {
		t.Errorf("a rank went on:\n%s", out)
	}
}

// A program that mpirun did not start is a group of one.
func TestAlone(t *testing.T) {
	findMPI(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"=ring")
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "rank 0 of 1 done\n" {
		t.Errorf("%v\n%s", err, out)
	}
}
