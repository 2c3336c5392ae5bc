// Package memtest says in tests what memory something takes.
package memtest

import (
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"
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

// highWater is the most memory that the process has had at any time, as Linux has it.
var highWater = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)

// CheckProcess ends a test if its process has ever used more memory than Most. It
// does so if the variable MEMTEST is set, as by scripts/fuzz.sh for a process that
// reads what fuzzing has found and does nothing else: one that fuzzes has buffers
// of 100 MB for itself.
func CheckProcess(t testing.TB) {
	t.Helper()
	if os.Getenv("MEMTEST") == "" {
		return
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	m := highWater.FindSubmatch(status)
	if m == nil {
		t.Fatalf("no VmHWM in %q", status)
	}
	if kB, err := strconv.Atoi(string(m[1])); err != nil || kB > Most>>10 {
		t.Fatalf("the process has used %s kB of memory, want at most %d", m[1], Most>>10)
	}
}
