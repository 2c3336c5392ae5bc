package progress

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// The bar of bytes keeps to its line, and stays when it is full.
func TestBytes(t *testing.T) {
	for columns, want := range map[int][]string{
		80: {"rows.csv   50%  1.4 of 2.7 GB  ██████████░░░░░░░░░░  10s, 10s left", "rows.csv  100%  2.7 of 2.7 GB  ████████████████████  20s"},
		48: {"rows.csv   50%  1.4 of 2.7 GB", "rows.csv  100%  2.7 of 2.7 GB"},
		20: {"rows.csv   50%", "rows.csv  100%"},
	} {
		var out bytes.Buffer
		l, clock := lineOf(&out, columns), time.Unix(1, 0)
		l.now = func() time.Time { return clock }
		show := bytesOn(l, "rows.csv")
		show(0, 2_700_000_000)
		clock = clock.Add(10 * time.Second)
		show(1_350_000_000, 2_700_000_000)
		half := screen(out.String())
		clock = clock.Add(time.Millisecond)
		show(1_350_000_001, 2_700_000_000) // too soon
		if again := screen(out.String()); !slices.Equal(half, again) || out.Len() > 500 {
			t.Errorf("%q, and too soon %q", half, again)
		}
		clock = clock.Add(10*time.Second - time.Millisecond)
		show(2_700_000_000, 2_700_000_000)
		whole := screen(out.String())
		if !slices.Equal(half, want[:1]) || !slices.Equal(whole, []string{want[1], ""}) {
			t.Errorf("%d columns: %q, %q", columns, half, whole)
		}
	}
	var out bytes.Buffer
	show := bytesOn(lineOf(&out, 20), "rows.csv")
	show(0, 2)
	show(2, 2) // too soon for any but the last
	if got := screen(out.String()); !slices.Equal(got, []string{"rows.csv  100%", ""}) {
		t.Errorf("full at once: %q", got)
	}
	var file bytes.Buffer
	if Bytes(&file, "rows.csv")(1, 1); file.Len() > 0 {
		t.Errorf("no terminal: %q", &file)
	}
}
