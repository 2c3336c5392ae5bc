package compute

// Work is what a kernel does, in parts that several threads may share: Do does the parts from
// ≤ i < to, and may be called for several of them at the same time. The result is the same to
// the bit however they are dealt out. Do allocates nothing. Work that is too little to share
// has one part. Then is what is done when all parts are, if there is more: what reads them. Refused,
// where it is set, says when all is done why a Refusing kernel refused the values, or nil.
type Work struct {
	Parts   int
	Do      func(from, to int)
	Then    *Work
	Refused func() error
}

// InOnePart returns the work of calling run.
func InOnePart(run func()) Work { return Work{Parts: 1, Do: func(int, int) { run() }} }

// InTurn returns the work of one after the other. There is one at least.
func InTurn(works ...Work) Work {
	first := works[0]
	if len(works) > 1 {
		then := InTurn(works[1:]...)
		first.Then = &then
	}
	return first
}

// All does all parts in the caller.
func (w Work) All() {
	for w.Do(0, w.Parts); w.Then != nil; w.Do(0, w.Parts) {
		w = *w.Then
	}
}
