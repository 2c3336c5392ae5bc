package data

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// Classes are named as in the file, to the letter, and sorted by their values: the right names are the texts themselves.
func TestClassesAreNamedAsInTheFile(t *testing.T) {
	for _, c := range []struct {
		labels string // in the order of their rows
		want   string // in the order of the classes
	}{
		{"1000000 2000000 1000000", "1000000 2000000"},
		{"20230102 20230101", "20230101 20230102"},
		{"1.0 0.0 1.0", "0.0 1.0"},
		{"007 -1 +12", "-1 007 +12"},
		{"1e3 5", "5 1e3"},
		// What Go alone takes for numbers is text, as a file's other readers have it: ids, of which no two are equal.
		{"0x1p4 0x10p0 0x1P4", "0x10p0 0x1P4 0x1p4"},
		{"1_0 10_ 1_0", "10_ 1_0"},
		// Equal numbers are one class, under the name that comes first.
		{"1.0 2 1 1e0 02", "1.0 2"},
		{"100 1e2 10.0e1 0.1e3 99.9e0", "99.9e0 100"},
		{"0 -0 0.0 0e7 -0e99999999999999999999 1", "0 1"},
		// Equal in float64, and not equal: 2⁵³ and its neighbours.
		{"9007199254740993 9007199254740992 9007199254740991", "9007199254740991 9007199254740992 9007199254740993"},
		{"-9007199254740993 -9007199254740992 -9007199254740992.0", "-9007199254740993 -9007199254740992"},
		{"0.30000000000000000001 0.3", "0.3 0.30000000000000000001"},
		{"b a B é", "B a b é"},
	} {
		text := "1.5," + strings.ReplaceAll(c.labels, " ", "\n1.5,") + "\n"
		d, err := read(text, CSV{Task: Classification})
		if err != nil {
			t.Fatalf("%s: %v", c.labels, err)
		}
		if want := strings.Fields(c.want); !slices.Equal(d.Classes, want) {
			t.Errorf("labels %s: classes %q, want %q", c.labels, d.Classes, want)
		}
	}
	d, err := New([][]float64{{0}, {0}, {0}, {0}}, []float64{20230101, 1e6, 1 << 53, -1e15}, Classification)
	if want := []string{"-1000000000000000", "1000000", "20230101", "9007199254740992"}; err != nil || !slices.Equal(d.Classes, want) {
		t.Errorf("New: %v, %v, want classes %q", d, err, want)
	}
	d, err = New([][]float64{{0}, {0}, {0}, {0}}, []float64{1e21, 1e-7, 0.5, math.Copysign(0, -1)}, Classification)
	if want := []string{"0", "1e-07", "0.5", "1e+21"}; err != nil || !slices.Equal(d.Classes, want) {
		t.Errorf("New: %v, %v, want classes %q", d, err, want)
	}
}

// Numbers that were taken for classes become targets when one with a fraction comes.
func TestLabelsTurnIntoTargets(t *testing.T) {
	d, err := read("1,7\n1,07\n1,-3\n1,0.5\n1,7\n", CSV{})
	if want := []float64{7, 7, -3, 0.5, 7}; err != nil || d.Classes != nil || !slices.Equal(d.Y, want) {
		t.Errorf("%v, %v, want the targets %v", d, err, want)
	}
	_, err = read("1,7\n1,0.5\n1,high\n", CSV{})
	wantError(t, "text behind targets", err, ErrLabel, "text and numbers")
	_, err = read("1,7\n1,0.5\n1,Inf\n", CSV{})
	wantError(t, "infinity behind targets", err, ErrNotFinite, `f.csv:3:3: "Inf"`)
}

func TestCheckNames(t *testing.T) {
	for _, c := range []struct {
		features, classes []string
		part              string // of the error; "" is none
	}{
		{[]string{"a", "b"}, []string{"a", "b"}, ""},
		{nil, nil, ""},
		{[]string{"é", "e\u0301", "", " "}, nil, ""}, // different texts are different names
		{[]string{"b", "a", "b"}, nil, `mine: two features are called "b"`},
		{[]string{"a"}, []string{"", "g", ""}, `mine: two classes are called ""`},
		{[]string{"a", "\xff"}, nil, `mine: features: "\xff" is not UTF-8`},
		{[]string{"a"}, []string{"caf\xe9"}, `mine: classes: "caf\xe9" is not UTF-8`},
	} {
		err := (&Dataset{Features: c.features, Classes: c.classes, Source: "mine"}).CheckNames()
		if c.part != "" {
			wantError(t, "CheckNames", err, ErrName, c.part)
		} else if err != nil {
			t.Errorf("%q, %q: %v", c.features, c.classes, err)
		}
	}
}

// A message shows a little of the input, and nothing of it as it is that could mean something to a terminal.
func TestMessagesQuoteLittle(t *testing.T) {
	long := strings.Repeat("ab€", 100000) // 5 bytes a time
	want := strings.Repeat("ab€", 6) + "ab…"
	for _, c := range []struct {
		text string
		opts CSV
	}{
		{"a,y\n1,1\n" + long + ",1\n", CSV{}},
		{"a," + long + "\n1,2\nx,2\n", CSV{Label: At(0), Classes: []string{"1"}, Header: HasHeader}},
		{"a,y\n1," + long + "\n", CSV{Task: Regression}},
		{"a,y\n1,h\n", CSV{Classes: []string{long, long + "x"}}},
		{long + ",b\n1,2\n", CSV{Label: Name("c")}},
		{long + "," + long + ",y\n1,2,3\n", CSV{}},
		{"a,b\n1,2\n", CSV{Label: Name(long)}},
		{"a,y\n1," + long + "\n2,7\n", CSV{Classes: []string{"7"}}},
	} {
		_, err := read(c.text, c.opts)
		if err == nil || len(err.Error()) > 250 || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), `"x" in column "`) {
			t.Errorf("%.20q…, %+.40v: %v, want a short message", c.text, c.opts, err)
		}
	}
	_, err := read("a,y\n1,1\n\x1b[2J\x07\u202e,1\n", CSV{})
	wantError(t, "control characters", err, ErrNumber, `"\x1b[2J\a\u202e"`)
	_, err = read("\x1b[2J,y\n1,1\n", CSV{Label: Name("z")})
	wantError(t, "control characters in a name", err, ErrColumn, `not among \x1b[2J, y`)
}
