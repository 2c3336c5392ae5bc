package kernel

// Add sets dst[i] = x[i] + y[i].
func Add[T Float](dst, x, y []T) {
	need("Add", len(dst), len(x))
	need("Add", len(dst), len(y))
	tableOf[T]().add(dst, x, y)
}

// Sub sets dst[i] = x[i] − y[i].
func Sub[T Float](dst, x, y []T) {
	need("Sub", len(dst), len(x))
	need("Sub", len(dst), len(y))
	tableOf[T]().sub(dst, x, y)
}

// Mul sets dst[i] = x[i]·y[i].
func Mul[T Float](dst, x, y []T) {
	need("Mul", len(dst), len(x))
	need("Mul", len(dst), len(y))
	tableOf[T]().mul(dst, x, y)
}

// Div sets dst[i] = x[i]/y[i].
func Div[T Float](dst, x, y []T) {
	need("Div", len(dst), len(x))
	need("Div", len(dst), len(y))
	tableOf[T]().div(dst, x, y)
}

// Maximum sets dst[i] to the larger of x[i] and y[i], to y[i] at a tie, and to NaN
// where either is NaN.
func Maximum[T Float](dst, x, y []T) {
	need("Maximum", len(dst), len(x))
	need("Maximum", len(dst), len(y))
	tableOf[T]().maximum(dst, x, y)
}

// Minimum sets dst[i] to the smaller of x[i] and y[i], to y[i] at a tie, and to NaN
// where either is NaN.
func Minimum[T Float](dst, x, y []T) {
	need("Minimum", len(dst), len(x))
	need("Minimum", len(dst), len(y))
	tableOf[T]().minimum(dst, x, y)
}

// Fill sets every dst[i] = a.
func Fill[T Float](dst []T, a T) { tableOf[T]().fill(dst, a) }

// Shift sets dst[i] = x[i] + a.
func Shift[T Float](dst, x []T, a T) {
	need("Shift", len(dst), len(x))
	tableOf[T]().shift(dst, x, a)
}

// Scale sets dst[i] = a·x[i].
func Scale[T Float](dst, x []T, a T) {
	need("Scale", len(dst), len(x))
	tableOf[T]().scale(dst, x, a)
}

// Affine sets dst[i] = a·x[i] + b. The product may be rounded or not, as the
// instruction set has it.
func Affine[T Float](dst, x []T, a, b T) {
	need("Affine", len(dst), len(x))
	tableOf[T]().affine(dst, x, a, b)
}

// Axpy adds a·x[i] to dst[i]. The product may be rounded or not, as the
// instruction set has it.
func Axpy[T Float](dst, x []T, a T) {
	need("Axpy", len(dst), len(x))
	tableOf[T]().axpy(dst, x, a)
}
