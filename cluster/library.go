package cluster

import (
	"fmt"
	"unsafe"
)

// A library is Open MPI as it was loaded: what this package calls of it. Its handles are
// the addresses of variables of the library, which do not move.
type library struct {
	name                       string
	world, bytes, errorsReturn uintptr

	initThread      func(argc, argv uintptr, required int32, provided *int32) int32
	initialized     func(flag *int32) int32
	setErrorHandler func(comm, handler uintptr) int32
	commRank        func(comm uintptr, rank *int32) int32
	commSize        func(comm uintptr, size *int32) int32
	sendReceive     func(send unsafe.Pointer, sendCount int32, sendType uintptr, to, sendTag int32,
		receive unsafe.Pointer, receiveCount int32, receiveType uintptr, from, receiveTag int32, comm, status uintptr) int32
	allgather func(send unsafe.Pointer, sendCount int32, sendType uintptr,
		receive unsafe.Pointer, receiveCount int32, receiveType uintptr, comm uintptr) int32
	finalize    func() int32
	errorString func(code int32, text *byte, length *int32) int32
}

// failure returns the error for what a function of MPI has returned, nil for success.
func (l *library) failure(function string, code int32) error {
	if code == 0 {
		return nil
	}
	text, length := make([]byte, 512), int32(0) // MPI_MAX_ERROR_STRING is 256
	if l.errorString(code, &text[0], &length) != 0 || length < 0 || int(length) > len(text) {
		length = 0
	}
	return fmt.Errorf("%w: %s: %s (code %d)", ErrMPI, function, text[:length], code)
}
