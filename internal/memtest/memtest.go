// Package memtest says in tests what memory something takes.
package memtest

import (
	"os"
	"runtime"
	"testing"

	"adjoint/internal/mem"
)

// Most is the number of bytes that reading one input may allocate, and that a
// process may use which reads any number of them.
const Most = 64 << 20

// Allocated returns the number of bytes that f allocates.
func Allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// CheckProcess ends a test if its process has ever used more memory than Most. It
// does so if the variable MEMTEST is set, as by scripts/fuzz.sh for a process that
// reads what fuzzing has found and does nothing else: one that fuzzes has buffers
// of 100 MB for itself.
func CheckProcess(t testing.TB) {
	t.Helper()
	if os.Getenv("MEMTEST") == "" {
		return
	}
	if mb := mem.Peak(); mb == 0 || mb > Most>>20 {
		t.Fatalf("the process has used %.1f MB of memory (0: the system does not tell), want at most %d", mb, Most>>20)
	}
}
