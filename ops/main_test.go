package ops_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage be four times as large before it is collected. The table makes
// thousands of small programs, and half of its time would go into collections.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
