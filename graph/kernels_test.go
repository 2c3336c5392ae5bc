package graph_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"adjoint/graph"
)

// TestKernels runs this test again in processes that have the environment variable.
func TestKernels(t *testing.T) {
	const inner = "ADJOINT_TEST_KERNELS"
	if os.Getenv(inner) != "" {
		os.Stdout.WriteString("kernels=" + graph.Kernels() + ";")
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Skip("this system cannot name the running program: ", err)
	}
	for value, want := range map[string]string{
		"":     "kernels=" + graph.Kernels() + ";",
		"go":   "kernels=go;",
		"sse9": "kernels=go;",
	} {
		cmd := exec.Command(exe, "-test.run=^TestKernels$")
		cmd.Env = append(os.Environ(), inner+"=1", "ADJOINT_KERNELS="+value)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Skip("this system does not start processes: ", err)
		}
		if got := string(out); !strings.Contains(got, want) {
			t.Errorf("ADJOINT_KERNELS=%q: %q, should have %q", value, got, want)
		}
		if told := strings.Contains(string(out), `no instruction set "sse9"`); told != (value == "sse9") {
			t.Errorf("ADJOINT_KERNELS=%q: %q", value, out)
		}
	}
	before := graph.Kernels()
	if err := graph.UseKernels("go"); err != nil || graph.Kernels() != "go" {
		t.Errorf("UseKernels(go): %v; %s", err, graph.Kernels())
	}
	if err := graph.UseKernels(before); err != nil {
		t.Error(err)
	}
}
