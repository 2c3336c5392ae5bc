package kernel

import (
	"sync"
	"unsafe"
)

// A scratch is memory for gathered panels, taken from a pool for the time of one
// call.
type scratch[T Float] struct{ buf []T }

var pool32, pool64 sync.Pool

func poolOf[T Float]() *sync.Pool {
	if sizeof[T]() == 4 {
		return &pool32
	}
	return &pool64
}

// takeScratch returns a scratch of at least n entries of any value, starting at a
// multiple of 64 bytes.
func takeScratch[T Float](n int) *scratch[T] {
	s, _ := poolOf[T]().Get().(*scratch[T])
	if s == nil {
		s = new(scratch[T])
	}
	if len(s.buf) < n {
		buf := make([]T, n+64/sizeof[T]())
		off := -int(uintptr(unsafe.Pointer(&buf[0]))) & 63 / sizeof[T]()
		s.buf = buf[off : off+n]
	}
	return s
}

func (s *scratch[T]) free() { poolOf[T]().Put(s) }
