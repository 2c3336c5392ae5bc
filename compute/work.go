package compute

// Work is what a kernel does, in parts that several threads may share: Do does the parts from
// ≤ i < to, and may be called for several of them at the same time. The result is the same to
// the bit however they are dealt out. Do allocates nothing. Work that is too little to share
// has one part.
type Work struct {
	Parts int
	Do    func(from, to int)
}

// InOnePart returns the work of calling run.
func InOnePart(run func()) Work { return Work{1, func(int, int) { run() }} }

// All does all parts in the caller.
func (w Work) All() { w.Do(0, w.Parts) }
