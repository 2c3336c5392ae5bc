package data

// powers are the powers of ten that are floats exactly.
var powers = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// parseShort reads a decimal of few digits without an exponent, and reports whether text is one. It is the quotient of two
// whole numbers that floats hold exactly, and so rounded as ParseFloat rounds it (W. Clinger, How to Read Floating Point
// Numbers Accurately, 1990).
func parseShort(text []byte) (v float64, ok bool) {
	digits := text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 17 {
		return 0, false
	}
	var whole uint64
	point := -1
	for i, c := range digits {
		d := c - '0'
		switch {
		case d <= 9:
			whole = 10*whole + uint64(d)
		case c == '.' && point < 0 && len(digits) > 1:
			point = i
		default:
			return 0, false
		}
	}
	if whole > 1<<53 {
		return 0, false
	}
	v = float64(whole)
	if point >= 0 {
		v /= powers[len(digits)-1-point]
	}
	if len(digits) < len(text) {
		v = -v
	}
	return v, true
}
