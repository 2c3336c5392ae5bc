package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"adjoint/internal/kernel"
)

// describeMachine says on what is measured, and when.
func describeMachine() string {
	return fmt.Sprintf("%s (%s kernels), %d cores, %s/%s, %s, %s",
		processor(), kernel.ISA(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), time.Now().Format(time.DateOnly))
}

// processor is the model that Linux names.
func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return "unknown processor"
}
