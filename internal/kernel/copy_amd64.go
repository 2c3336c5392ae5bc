//go:build amd64 && !noasm

package kernel

// copyPiecesVector does it with the assembly in use, if there is any.
func copyPiecesVector[T Float](dst, src []T, p *Pieces) bool {
	if inUse == plainGo {
		return false
	}
	size := sizeof[T]()
	t := packArgs{
		dst: pointer(dst, 0), dstRow: p.ToRow * size, dstPart: p.ToPart * size,
		src: pointer(src, 0), srcRow: p.Row * size, srcPart: p.Part * size,
		rows: p.Rows, parts: p.Parts, entries: p.Len,
	}
	switch {
	case size == 4 && inUse == avx512:
		copyPieces32AVX512(&t)
	case size == 4:
		copyPieces32AVX2(&t)
	case inUse == avx512:
		copyPieces64AVX512(&t)
	default:
		copyPieces64AVX2(&t)
	}
	return true
}
