//go:build !linux

package kernel

import "testing"

func TestFences(t *testing.T) {
	t.Skip("memory that may not be touched, around the operands, is mapped with Linux's mmap and mprotect")
}
