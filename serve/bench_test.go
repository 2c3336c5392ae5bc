package serve

import (
	"bytes"
	"net/http"
	"testing"

	"adjoint/data"
)

// BenchmarkDecode reads the 569 rows of 30 features of the breast cancer data.
func BenchmarkDecode(b *testing.B) {
	text, d := tumours(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeNumbers(text, d.Features, d.Rows()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHandler answers for one row and for all 569, without a network.
func BenchmarkHandler(b *testing.B) {
	m, d := breastCancer(b, 30)
	all, _ := tumours(b)
	h := Handler(m, Options{})
	for name, text := range map[string][]byte{"1": body(b, [][]float64{d.Row(0)}), "569": all} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := post(h, bytes.NewReader(text)); w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}

func tumours(b *testing.B) ([]byte, *data.Dataset) {
	d := data.BreastCancer()
	rows := make([][]float64, d.Rows())
	for i := range rows {
		rows[i] = d.Row(i)
	}
	return body(b, rows), d
}
