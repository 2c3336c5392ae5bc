package optim

// A Group is a number of processes that compute the parts of one sum. Package cluster
// makes one of the processes that MPI has started. A call is made by all its processes,
// or, for Exchange, by the two that it concerns, in the same order.
type Group interface {
	// Rank is the number of this process, from 0 to Size()-1.
	Rank() int

	// Size is the number of processes.
	Size() int

	// Exchange sends bytes to a process and receives as many bytes as there is room for
	// from it, at the same time. Either may be empty.
	Exchange(rank int, send, receive []byte) error

	// Agree returns nil if every process has called it with nil. Else it returns an
	// error that names the lowest rank with an error and wraps err if that is this one.
	Agree(err error) error
}
