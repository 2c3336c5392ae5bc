package samples

import "adjoint/ops"

func conv(p ops.Window) func(w, x *node) *node {
	return func(w, x *node) *node { return ops.Conv(w, x, p) }
}

func transposed(p ops.Window) func(w, x *node) *node {
	return func(w, x *node) *node { return ops.ConvTranspose(w, x, p) }
}

var images = summing([]Sample{
	on2("Conv", conv(ops.Window{}), []int{3, 2, 3, 2}, []int{2, 5, 4, batch}),
	on2("Conv with a stride", conv(ops.Window{Stride: ops.Both(2), Before: [2]int{0, 1}, After: [2]int{2, 1}}), []int{2, 1, 3, 3}, []int{1, 5, 6, batch}),
	on2("Conv of groups", conv(ops.Window{Groups: 2, Same: true, Dilation: [2]int{2, 1}}), []int{4, 1, 2, 3}, []int{2, 4, 4, batch}),
	on2("Conv without the last row", conv(ops.Window{Before: ops.Both(1), After: [2]int{-1, 0}}), []int{2, 2, 2, 2}, []int{2, 4, 3, batch}),
	on2("Conv of a signal", conv(ops.Window{Stride: ops.Both(2), Before: ops.Both(1)}), []int{2, 3, 3}, []int{3, 7, batch}),
	on2("ConvTranspose", transposed(ops.Window{Stride: ops.Both(2), Before: ops.Both(1), After: [2]int{0, 1}}), []int{2, 3, 3, 3}, []int{2, 3, 4, batch}),
	on2("ConvTranspose beyond its windows", transposed(ops.Window{Stride: ops.Both(3), Same: true}), []int{2, 1, 2, 2}, []int{2, 2, 3, batch}),
	on2("ConvTranspose of a signal", transposed(ops.Window{Groups: 2}), []int{4, 1, 2}, []int{4, 3, batch}),
	on("Patches", func(x *node) *node { return ops.Patches(x, ops.Window{Size: [2]int{2, 3}, Before: [2]int{1, 0}}) }, 2, 3, 4, batch),
	on("MaxPool", func(x *node) *node { return ops.MaxPool(x, ops.Window{Size: ops.Both(2)}) }, 2, 4, 5, batch),
	on("MaxPool with padding", func(x *node) *node {
		return ops.MaxPool(x, ops.Window{Size: ops.Both(3), Stride: ops.Both(2), Before: ops.Both(1), After: [2]int{1, -1}})
	}, 2, 5, 5, batch),
	on("MaxPool of a signal", func(x *node) *node { return ops.MaxPool(x, ops.Window{Size: ops.Both(2)}) }, 2, 5, batch),
	on("AvgPool", func(x *node) *node {
		return ops.AvgPool(x, ops.Window{Size: ops.Both(3), Stride: ops.Both(2), Before: ops.Both(1), After: ops.Both(1)})
	}, 2, 4, 5, batch),
	on("Upsample", func(x *node) *node { return ops.Upsample(x, 2, 3) }, 2, 2, 3, batch),
	on("UpsampleBilinear", func(x *node) *node { return ops.UpsampleBilinear(x, 2, 3) }, 2, 2, 3, batch),
	on("Standardize", func(x *node) *node { return ops.Standardize(x, 0.1, 0) }, 5, batch),
	on("RMSNorm", func(x *node) *node { return ops.RMSNorm(x, 0.1, 1) }, 2, 7, batch),
	on("GroupNorm", func(x *node) *node { return ops.GroupNorm(x, 2, 0.1) }, 4, 2, 3, batch),
	on("PadReflect", func(x *node) *node { return ops.PadReflect(x, 1, 2, 1) }, 2, 3, batch),
})
