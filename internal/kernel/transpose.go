package kernel

// Transpose sets dst to the transpose, of cols rows, of rows×cols entries of src whose rows are
// stride apart.
func Transpose[T Float](dst, src []T, rows, cols, stride int) {
	within("the transpose", 0, rows*cols, len(dst))
	within("what is transposed", 0, (rows-1)*stride+cols, len(src))
	if transposeVectors(dst, src, rows, cols, stride) {
		return
	}
	for i := range rows {
		at := i
		for _, v := range src[i*stride:][:cols] {
			dst[at] = v
			at += rows
		}
	}
}
