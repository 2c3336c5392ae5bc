package models_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// TestPlainBits trains a network in plain Go, in processes that see the processor as it is
// and without what not all of them have: the bits of the probabilities are the same, so that
// ADJOINT_KERNELS=go makes a result that another processor of this architecture makes again.
func TestPlainBits(t *testing.T) {
	const inner, mark = "ADJOINT_TEST_BITS", "bits="
	if os.Getenv(inner) != "" {
		os.Stdout.WriteString(mark + bitsOfTraining(t) + ";")
		return
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("only amd64 has processors with and without FMA that Go tells apart")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Skip("this system cannot name the running program: ", err)
	}
	bits := map[string]bool{}
	for _, debug := range []string{"", "cpu.all=off"} {
		cmd := exec.Command(exe, "-test.run=^TestPlainBits$")
		cmd.Env = append(os.Environ(), inner+"=1", "ADJOINT_KERNELS=go", "GODEBUG="+debug)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Skip("this system does not start processes: ", err)
		}
		_, rest, _ := strings.Cut(string(out), mark)
		got, _, found := strings.Cut(rest, ";")
		if !found {
			t.Fatalf("GODEBUG=%q: %s", debug, out)
		}
		bits[got] = true
	}
	if len(bits) != 1 {
		t.Errorf("a processor without FMA and AVX gives other bits: %v", bits)
	}
}

// bitsOfTraining is the hash of what a network says of iris, whose layers have every
// activation with an exponential.
func bitsOfTraining(t *testing.T) string {
	d := data.Iris()
	m := &models.Deep{Seed: 1, Layers: []models.Layer{
		models.Dense{Units: 7, Activation: models.Tanh},
		models.Dense{Units: 6, Activation: models.Sigmoid},
		models.Dense{Units: 5, Activation: models.GELU},
		models.Dense{Units: 3, Activation: models.Softmax},
	}}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 3}); err != nil {
		t.Fatal(err)
	}
	p, err := m.Predictions(d)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%b", p.Probabilities)))
}
