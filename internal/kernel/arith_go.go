package kernel

func addGo[T Float](dst, x, y []T) {
	dst, y = dst[:len(x)], y[:len(x)]
	for i, v := range x {
		dst[i] = v + y[i]
	}
}

func subGo[T Float](dst, x, y []T) {
	dst, y = dst[:len(x)], y[:len(x)]
	for i, v := range x {
		dst[i] = v - y[i]
	}
}

func mulGo[T Float](dst, x, y []T) {
	dst, y = dst[:len(x)], y[:len(x)]
	for i, v := range x {
		dst[i] = v * y[i]
	}
}

func divGo[T Float](dst, x, y []T) {
	dst, y = dst[:len(x)], y[:len(x)]
	for i, v := range x {
		dst[i] = v / y[i]
	}
}

func maximumGo[T Float](dst, x, y []T) {
	dst, y = dst[:len(x)], y[:len(x)]
	for i, v := range x {
		w := y[i]
		if v > w || v != v {
			w = v
		}
		dst[i] = w
	}
}

func minimumGo[T Float](dst, x, y []T) {
	dst, y = dst[:len(x)], y[:len(x)]
	for i, v := range x {
		w := y[i]
		if v < w || v != v {
			w = v
		}
		dst[i] = w
	}
}

func fillGo[T Float](dst []T, a T) {
	for i := range dst {
		dst[i] = a
	}
}

func shiftGo[T Float](dst, x []T, a T) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = v + a
	}
}

func scaleGo[T Float](dst, x []T, a T) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = a * v
	}
}

func affineGo[T Float](dst, x []T, a, b T) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = a*v + b
	}
}

func axpyGo[T Float](dst, x []T, a T) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] += a * v
	}
}
