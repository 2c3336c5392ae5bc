package optim

import (
	"adjoint/internal/kernel"
	"adjoint/internal/mem"
)

// A summer sums vectors along a tree, and with the other ranks of a group. It keeps its
// buffers: a sum allocates nothing after the first.
type summer[T float32 | float64] struct {
	tree   *tree
	group  Group // nil for a tree of one rank
	length int
	stack  [][]T
	height int
	other  []T // what another rank sent
	given  []halving[T]
}

func newSummer[T float32 | float64](t *tree, g Group, length int) *summer[T] {
	return &summer[T]{tree: t, group: g, length: length}
}

// sum returns the sum of the vectors that leaf gives. It belongs to the summer, and is
// overwritten by the next one. leaf writes vector i to v, or adds it to v. All leaves of the
// rank are computed before the ranks agree that none has failed; only then they exchange what
// they have.
func (s *summer[T]) sum(leaf func(i int, v []T, add bool) error) ([]T, error) {
	s.height, s.given = 0, s.given[:0]
	agreed := s.group == nil
	var failure error
	for _, m := range s.tree.moves {
		if !agreed && m.kind >= exchange {
			if err := s.group.Agree(failure); err != nil {
				return nil, err
			}
			agreed = true
		}
		switch m.kind {
		case pushLeaf, addLeaf:
			if m.kind == pushLeaf {
				s.push()
			}
			if failure == nil {
				failure = leaf(m.at, s.stack[s.height-1], m.kind == addLeaf)
			}
		case addTop:
			s.height--
			add(s.stack[s.height-1], s.stack[s.height])
		default:
			if err := s.pass(m); err != nil {
				return nil, err
			}
		}
	}
	if !agreed {
		failure = s.group.Agree(failure)
	}
	if failure != nil {
		return nil, failure
	}
	return s.stack[0], s.gather()
}

// push makes room for a new value on top.
func (s *summer[T]) push() {
	if s.height == len(s.stack) {
		s.stack = append(s.stack, make([]T, s.length))
	}
	s.height++
}

// pass sends or receives the value on top.
func (s *summer[T]) pass(m move) error {
	top := s.stack[s.height-1]
	if s.other == nil {
		s.other = make([]T, s.length)
	}
	if m.kind == exchange {
		return s.exchange(m.at, top)
	}
	if err := s.gather(); err != nil {
		return err
	}
	switch m.kind {
	case send:
		return s.group.Exchange(m.at, mem.Bytes(top), nil)
	case replace:
		return s.group.Exchange(m.at, nil, mem.Bytes(top))
	default:
		return s.take(m.at, nil, top)
	}
}

// take sends to a rank, and adds what it sends to sum.
func (s *summer[T]) take(rank int, send, sum []T) error {
	other := s.other[:len(sum)]
	if err := s.group.Exchange(rank, mem.Bytes(send), mem.Bytes(other)); err != nil {
		return err
	}
	add(sum, other)
	return nil
}

// A halving is one half of a vector that this rank adds up, and the other, which another rank
// does.
type halving[T float32 | float64] struct {
	rank       int
	own, given []T
}

// halved is the number of entries from which ranks share the work of adding. To exchange fewer
// takes no longer than to begin.
const halved = 1 << 12

// exchange adds the values that two ranks have on top. If they are long each adds one half of
// the entries, of which with the next rank a half again; gather collects them. So a rank sends
// less than twice the length of the vector to any number of ranks (R. Rabenseifner 2004), and
// each entry is added along the tree as before.
func (s *summer[T]) exchange(rank int, top []T) error {
	if len(s.given) > 0 {
		top = s.given[len(s.given)-1].own
	} else if s.length < halved {
		return s.take(rank, top, top)
	}
	h := halving[T]{rank, top[:len(top)/2], top[len(top)/2:]}
	if s.tree.rank > rank {
		h.own, h.given = h.given, h.own
	}
	s.given = append(s.given, h)
	return s.take(rank, h.given, h.own)
}

// gather sends the entries that this rank has added up, and receives the others.
func (s *summer[T]) gather() error {
	for ; len(s.given) > 0; s.given = s.given[:len(s.given)-1] {
		h := s.given[len(s.given)-1]
		if err := s.group.Exchange(h.rank, mem.Bytes(h.own), mem.Bytes(h.given)); err != nil {
			return err
		}
	}
	return nil
}

// add adds b to a. The sum of two numbers has the same bits in either order, but for NaN.
func add[T float32 | float64](a, b []T) { kernel.Add(a, a, b) }
