//go:build !linux

package graph

// large asks the system for large pages of a large array, where there is a way.
func large[T any](array []T) {}
