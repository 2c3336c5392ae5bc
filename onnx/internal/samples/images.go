package samples

import "adjoint/ops"

// images are windows over images and signals. ONNX has no ops for their derivatives.
var images = []Sample{
	window("Conv", []int{2, 3, 2, 3}, []int{3, 5, 6, batch}, func(w, x *node) *node {
		return ops.Conv(w, x, ops.Window{Stride: [2]int{2, 1}, Before: [2]int{1, 0}, After: [2]int{0, 2}})
	}),
	window("Conv of a signal", []int{4, 1, 3}, []int{2, 7, batch}, func(w, x *node) *node {
		return ops.Conv(w, x, ops.Window{Dilation: [2]int{0, 2}, Groups: 2})
	}),
	window("ConvTranspose", []int{2, 3, 2, 2}, []int{2, 3, 4, batch}, func(w, x *node) *node {
		return ops.ConvTranspose(w, x, ops.Window{Stride: ops.Both(2)})
	}),
	pool("AvgPool", func(x *node) *node { return ops.AvgPool(x, ops.Window{Size: ops.Both(2), Before: [2]int{1, 1}}) }),
	pool("MaxPool", func(x *node) *node { return ops.MaxPool(x, ops.Window{Size: ops.Both(3), Stride: ops.Both(1)}) }),
}

func window(name string, w, x []int, f func(w, x *node) *node) Sample {
	return Sample{Name: name, X: []Operand{{Any, w}, {Any, x}}, F: func(x ...*node) *node { return f(x[0], x[1]) }, Alone: true, Single: true}
}

func pool(name string, f func(x *node) *node) Sample {
	s := on(name, f, 2, 5, 6, batch)
	s.Alone, s.Single = true, true
	return s
}
