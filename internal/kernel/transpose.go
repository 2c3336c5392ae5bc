package kernel

// Transpose sets dst to the transpose, of cols rows, of rows×cols entries of src. Rows of dst begin
// to entries apart, those of src from.
func Transpose[T Float](dst, src []T, rows, cols, to, from int) {
	within("the transpose", 0, (cols-1)*to+rows, len(dst))
	within("what is transposed", 0, (rows-1)*from+cols, len(src))
	if transposeVectors(dst, src, rows, cols, to, from) {
		return
	}
	for i := range rows {
		at := i
		for _, v := range src[i*from:][:cols] {
			dst[at] = v
			at += to
		}
	}
}
