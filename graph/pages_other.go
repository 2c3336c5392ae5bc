//go:build !linux

package graph

// large does nothing: only Linux is asked for large pages.
func large(array []byte) {}
