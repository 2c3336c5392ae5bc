package cluster

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"adjoint/optim"
)

// A Group is this process among those that mpirun has started. It serves one goroutine.
type Group struct {
	lib        *library
	rank, size int
	left       bool
	own, all   []byte // of Agree
}

var _ optim.Group = (*Group)(nil)

// Join makes the process one of a group, and returns when all its processes have joined.
// A process that was not started by mpirun is a group of its own. A process joins once; the
// error of a second time, or of a failure of MPI, wraps ErrMPI. It wraps ErrNoMPI if no
// Open MPI can be loaded.
func Join() (*Group, error) {
	joining.Lock()
	defer joining.Unlock()
	l, err := load()
	if err != nil {
		return nil, err
	}
	var there int32
	if err := l.failure("MPI_Initialized", l.initialized(&there)); err != nil {
		return nil, err
	}
	if there != 0 {
		return nil, fmt.Errorf("%w: this process has joined a group before", ErrMPI)
	}
	var provided int32
	if err := l.failure("MPI_Init_thread", l.initThread(0, 0, serialized, &provided)); err != nil {
		return nil, err
	}
	if provided < serialized {
		return nil, fmt.Errorf("%w: %s was built without threads", ErrNoMPI, l.name)
	}
	// By default MPI ends the process where a call fails.
	if err := l.failure("MPI_Comm_set_errhandler", l.setErrorHandler(l.world, l.errorsReturn)); err != nil {
		return nil, err
	}
	var rank, size int32
	if err := l.failure("MPI_Comm_rank", l.commRank(l.world, &rank)); err != nil {
		return nil, err
	}
	if err := l.failure("MPI_Comm_size", l.commSize(l.world, &size)); err != nil {
		return nil, err
	}
	return &Group{
		lib: l, rank: int(rank), size: int(size),
		own: make([]byte, messageBytes), all: make([]byte, int(size)*messageBytes),
	}, nil
}

// joining is held while a process joins.
var joining sync.Mutex

// serialized is MPI_THREAD_SERIALIZED: a goroutine may call from any thread, one at a time.
const serialized = 2

// Rank returns the number of the process, from 0 to Size()-1.
func (g *Group) Rank() int { return g.rank }

// Size returns the number of processes.
func (g *Group) Size() int { return g.size }

// Exchange sends bytes to a process, and receives from it, as optim.Group says. The error
// wraps ErrMPI or ErrLeft.
func (g *Group) Exchange(rank int, send, receive []byte) error {
	switch {
	case g.left:
		return ErrLeft
	case rank < 0 || rank >= g.size:
		return fmt.Errorf("%w: rank %d of %d", ErrMPI, rank, g.size)
	}
	for len(send) > 0 || len(receive) > 0 {
		s, r := min(len(send), chunk), min(len(receive), chunk)
		if err := g.exchange(int32(rank), send[:s], receive[:r]); err != nil {
			return err
		}
		send, receive = send[s:], receive[r:]
	}
	return nil
}

// chunk is the largest number of bytes of one message: MPI counts with int32.
const chunk = 1 << 30

// exchange does one message each way. The memory is pinned, as MPI reads and writes it.
func (g *Group) exchange(rank int32, send, receive []byte) error {
	const null = -2 // MPI_PROC_NULL
	to, from := rank, rank
	if len(send) == 0 {
		to = null
	}
	if len(receive) == 0 {
		from = null
	}
	var pins runtime.Pinner
	defer pins.Unpin()
	l := g.lib
	return l.failure("MPI_Sendrecv", l.sendReceive(pin(&pins, send), int32(len(send)), l.bytes, to, 0,
		pin(&pins, receive), int32(len(receive)), l.bytes, from, 0, l.world, 0))
}

// pin returns the address of b, which does not move until it is unpinned.
func pin(pins *runtime.Pinner, b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return nil
	}
	p := unsafe.Pointer(unsafe.SliceData(b))
	pins.Pin(p)
	return p
}

// messageBytes is what each process tells the others in Agree: the length of an error, and
// as much of its text as there is room for.
const messageBytes = 1024

// Agree returns nil if all processes have called it with nil, as optim.Group says. The
// error of another process wraps ErrRank.
func (g *Group) Agree(err error) error {
	if g.left {
		return ErrLeft
	}
	clear(g.own[:1])
	if err != nil {
		g.own[0] = 1
		n := copy(g.own[1:], err.Error())
		clear(g.own[1+n:])
	}
	if failure := g.gather(); failure != nil {
		return failure
	}
	for r := range g.size {
		message := g.all[r*messageBytes:][:messageBytes]
		switch {
		case message[0] == 0:
		case r == g.rank:
			return fmt.Errorf("rank %d of %d: %w", r, g.size, err)
		default:
			return fmt.Errorf("%w: rank %d of %d: %s", ErrRank, r, g.size, cString(message[1:]))
		}
	}
	return nil
}

// gather lets all processes have what each has in own.
func (g *Group) gather() error {
	var pins runtime.Pinner
	defer pins.Unpin()
	l := g.lib
	return l.failure("MPI_Allgather", l.allgather(pin(&pins, g.own), messageBytes, l.bytes,
		pin(&pins, g.all), messageBytes, l.bytes, l.world))
}

// cString returns the text before the first zero.
func cString(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// Leave ends the group, when all its processes call it. The group is of no use then. The
// error wraps ErrMPI.
func (g *Group) Leave() error {
	if g.left {
		return nil
	}
	g.left = true
	return g.lib.failure("MPI_Finalize", g.lib.finalize())
}
