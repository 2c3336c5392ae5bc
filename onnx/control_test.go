package onnx_test

import (
	"bytes"
	"strings"
	"testing"

	"adjoint/internal/memtest"
	"adjoint/onnx"
)

// Functions of a file, branches and loops say what NumPy does, which check/control.py has asked.
// Of files that ask for much of little nothing is made: they are refused, or are no more than the
// nodes that they have.
func TestControl(t *testing.T) {
	for _, c := range casesIn(t, "testdata/control.tar.gz") {
		if !strings.HasPrefix(c.name, "hostile") {
			if err := c.run(); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		n := memtest.Allocated(func() {
			f, err := onnx.Read(bytes.NewReader(c.model), onnx.ReadOptions{})
			if err == nil {
				_, err = f.Session()
			}
			if err == nil {
				t.Errorf("%s is read", c.name)
			}
			t.Logf("%s: %.300s", c.name, err)
		})
		if n > 128<<20 {
			t.Errorf("%s: %d bytes for a file of %d", c.name, n, len(c.model))
		}
	}
}
