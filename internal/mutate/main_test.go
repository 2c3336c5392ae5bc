package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

// Every mutation of the lists applies: what it replaces stands in its file, once. So a
// change of the code says at once which lines of the lists it has to take along.
func TestMutationsApply(t *testing.T) {
	all, err := read("*", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		source, broken, err := m.apply(filepath.Join("..", "..", filepath.FromSlash(m.file)))
		switch {
		case err != nil:
			t.Errorf("%s (%s): %v: change its line in internal/mutate/lists", m.file, m.what, err)
		case bytes.Equal(source, broken):
			t.Errorf("%s (%s): it changes nothing", m.file, m.what)
		}
	}
}
