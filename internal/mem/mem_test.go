package mem_test

import (
	"encoding/binary"
	"math"
	"os"
	"testing"

	"adjoint/internal/mem"
)

// The bytes of numbers are those of their bits, in the order of the machine, and are shared.
func TestBytes(t *testing.T) {
	v, w := []float64{1, -2.5}, []float32{3}
	b, c := mem.Bytes(v), mem.Bytes(w)
	if len(b) != 16 || math.Float64frombits(binary.NativeEndian.Uint64(b[8:])) != -2.5 {
		t.Errorf("of %v they are %v", v, b)
	}
	binary.NativeEndian.PutUint32(c, math.Float32bits(7))
	if len(c) != 4 || w[0] != 7 {
		t.Errorf("of a float32 they are %d, and it is %g after 7 was written", len(c), w[0])
	}
	if b := mem.Bytes([]float64{}); b != nil {
		t.Errorf("of nothing they are %v", b)
	}
}

// A process that has touched 64 MB has had as much resident, and not a thousand times that.
func TestPeak(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here")
	}
	touched := make([]byte, 64<<20)
	for i := range touched {
		touched[i] = byte(i)
	}
	if mb := mem.Peak(); mb < 64 || mb > 64<<10 {
		t.Errorf("the peak is %g MB after %d MB were written", mb, len(touched)>>20)
	}
}
