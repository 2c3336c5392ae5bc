package optim

import "unsafe"

// A summer sums vectors along a tree, and with the other ranks of a group. It keeps its
// buffers: a sum allocates nothing after the first.
type summer[T float32 | float64] struct {
	tree   *tree
	group  Group // nil for a tree of one rank
	length int
	stack  [][]T
	height int
	other  []T // what another rank sent
}

func newSummer[T float32 | float64](t *tree, g Group, length int) *summer[T] {
	return &summer[T]{tree: t, group: g, length: length}
}

// sum returns the sum of the vectors that leaf writes. It belongs to the summer, and is
// overwritten by the next one. All leaves of the rank are computed before the ranks agree
// that none has failed; only then they exchange what they have.
func (s *summer[T]) sum(leaf func(i int, into []T) error) ([]T, error) {
	s.height = 0
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
		case pushLeaf:
			into := s.push()
			if failure == nil {
				failure = leaf(m.at, into)
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
	return s.stack[0], nil
}

// push returns the buffer of a new value on top.
func (s *summer[T]) push() []T {
	if s.height == len(s.stack) {
		s.stack = append(s.stack, make([]T, s.length))
	}
	s.height++
	return s.stack[s.height-1]
}

// pass sends or receives the value on top.
func (s *summer[T]) pass(m move) error {
	top := s.stack[s.height-1]
	if s.other == nil {
		s.other = make([]T, s.length)
	}
	switch m.kind {
	case send:
		return s.group.Exchange(m.at, bytesOf(top), nil)
	case replace:
		return s.group.Exchange(m.at, nil, bytesOf(top))
	case receive:
		if err := s.group.Exchange(m.at, nil, bytesOf(s.other)); err != nil {
			return err
		}
	default:
		if err := s.group.Exchange(m.at, bytesOf(top), bytesOf(s.other)); err != nil {
			return err
		}
	}
	add(top, s.other)
	return nil
}

// add adds b to a. The sum of two numbers has the same bits in either order, but for NaN.
func add[T float32 | float64](a, b []T) {
	b = b[:len(a)]
	for i := range a {
		a[i] += b[i]
	}
}

// bytesOf returns the memory of v.
func bytesOf[T float32 | float64](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0])))
}
