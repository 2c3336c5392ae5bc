package data

// powers are the powers of ten that are floats exactly.
var powers = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// parseShort reads a decimal of few digits without an exponent, and reports whether text is one. It is the quotient of two
// whole numbers that floats hold exactly, and so rounded as ParseFloat rounds it (W. Clinger, How to Read Floating Point
// Numbers Accurately, 1990).
func parseShort(text []byte) (v float64, ok bool) {
	at := 0
	if len(text) > 0 && text[0] == '-' {
		at = 1
	}
	digits := len(text) - at
	if digits > 17 {
		return 0, false
	}
	var whole uint64
	for ; at < len(text) && text[at]-'0' <= 9; at++ {
		whole = 10*whole + uint64(text[at]-'0')
	}
	behind := 0 // digits behind the point
	if at < len(text) {
		if text[at] != '.' {
			return 0, false
		}
		digits--
		for at++; at < len(text) && text[at]-'0' <= 9; at++ {
			whole = 10*whole + uint64(text[at]-'0')
			behind++
		}
	}
	if at < len(text) || digits == 0 || whole > 1<<53 {
		return 0, false
	}
	v = float64(whole)
	if behind > 0 {
		v /= powers[behind]
	}
	if text[0] == '-' {
		v = -v
	}
	return v, true
}
