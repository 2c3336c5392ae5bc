package data

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// read reads text as the file f.csv.
func read(text string, o CSV) (*Dataset, error) {
	o.Source = "f.csv"
	return ReadCSV(strings.NewReader(text), o)
}

func TestReadCSV(t *testing.T) {
	ab, nan := []string{"a", "b"}, math.NaN()
	for _, c := range []struct {
		name, text string
		opts       CSV
		want       Dataset
	}{
		{"header, label last", "a,b,y\n1,2,0\n3,4,1\n", CSV{},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{0, 1}, Features: ab, Classes: []string{"0", "1"}, Target: "y", Lines: []int{2, 3}}},
		{"no header, named classes in sorted order", "1,2,h\n3,4,g\n", CSV{},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: Names(2), Classes: []string{"g", "h"}, Target: "y", Lines: []int{1, 2}}},
		{"label by name", "y,a,b\nh,1,2\ng,3,4", CSV{Label: Name("y")},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: ab, Classes: []string{"g", "h"}, Target: "y", Lines: []int{2, 3}}},
		{"label by position, an identifier dropped", "17,g,1,2\n18,h,3,4", CSV{Label: At(1), Drop: []Column{At(0)}},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{0, 1}, Features: Names(2), Classes: []string{"g", "h"}, Target: "y", Lines: []int{1, 2}}},
		{"positions from the end, names dropped", "a,who,y,b\n1,Ann,g,2\n3,Bob,h,4", CSV{Label: At(-2), Drop: []Column{Name("who")}},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{0, 1}, Features: ab, Classes: []string{"g", "h"}, Target: "y", Lines: []int{2, 3}}},
		{"no label", "a,b\n1,2\n3,4\n", CSV{NoLabel: true},
			Dataset{X: []float64{1, 2, 3, 4}, Features: ab, Lines: []int{2, 3}}},
		{"regression", "a,b,y\n1,2,0.5\n3,4,2\n", CSV{},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{0.5, 2}, Features: ab, Target: "y", Lines: []int{2, 3}}},
		{"whole targets of a regression", "a,b,y\n1,2,7\n3,4,5\n", CSV{Task: Regression},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{7, 5}, Features: ab, Target: "y", Lines: []int{2, 3}}},
		{"header of numbers, said so", "0,1,2\n1,2,7\n3,4,5\n", CSV{Header: HasHeader},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: []string{"0", "1"}, Classes: []string{"5", "7"}, Target: "2", Lines: []int{2, 3}}},
		{"counting data, said so", "0,1,2\n1,2,7\n", CSV{Header: NoHeader},
			Dataset{X: []float64{0, 1, 1, 2}, Y: []float64{0, 1}, Features: Names(2), Classes: []string{"2", "7"}, Target: "y", Lines: []int{1, 2}}},
		{"a column without a name", "a,,y\n1,2,7\n3,4,5\n", CSV{},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: []string{"a", "x1"}, Classes: []string{"5", "7"}, Target: "y", Lines: []int{2, 3}}},
		{"semicolons, spaces, comments", "# from the lab\na ; b ; y\n 1; 2 ;h \n\t3;4;g", CSV{Comma: ';', Comment: '#'},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: ab, Classes: []string{"g", "h"}, Target: "y", Lines: []int{3, 4}}},
		{"tabs, an empty field among them", "a\tb\ty\n1\t\th\n3\t4\tg", CSV{Comma: '\t', Missing: DropMissing},
			Dataset{X: []float64{3, 4}, Y: []float64{0}, Features: ab, Classes: []string{"g"}, Target: "y", Lines: []int{3}, Dropped: 1}},
		{"byte order mark, CRLF, quotes, blank lines", "\ufeff\"a\",\"b\",\"the \"\"y\"\"\"\r\n\r\n1, \"2\",\"h,\nh\"\r\n\r\n3,4,g\r\n\r\n  \r\n\r\n", CSV{},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: ab, Classes: []string{"g", "h,\nh"}, Target: `the "y"`, Lines: []int{3, 6}}},
		{"forms of numbers", "a,b,y\n1e3,-.5,1\n+2.5E-1,10.,1\n", CSV{Drop: []Column{At(1)}},
			Dataset{X: []float64{1000, 0.25}, Y: []float64{0, 0}, Features: []string{"a"}, Classes: []string{"1"}, Target: "y", Lines: []int{2, 3}}},
		{"rows with missing values dropped", "a,b,y\n1,NA,0\n1,2,0\n?,4,0\n3,4,1\n5,6,null\n", CSV{Missing: DropMissing},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{0, 1}, Features: ab, Classes: []string{"0", "1"}, Target: "y", Lines: []int{3, 5}, Dropped: 3}},
		{"own marks of missing values", "a,b,y\n1,-999,g\n1,2,NA\n", CSV{Missing: DropMissing, Marks: []string{"-999"}},
			Dataset{X: []float64{1, 2}, Y: []float64{0}, Features: ab, Classes: []string{"NA"}, Target: "y", Lines: []int{3}, Dropped: 1}},
		{"a missing value that is not used", "a,note,b,y\n1,,2,0\n3,,4,1\n", CSV{Drop: []Column{Name("note")}},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{0, 1}, Features: ab, Classes: []string{"0", "1"}, Target: "y", Lines: []int{2, 3}}},
		{"given classes, in their order", "a,b,y\n1,2,sick\n3,4,well\n", CSV{Classes: []string{"well", "sick", "dead"}},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: ab, Classes: []string{"well", "sick", "dead"}, Target: "y", Lines: []int{2, 3}}},
		{"given classes, numbers and text", "a,b,y\n1,2,1.0\n3,4,B\n", CSV{Classes: []string{"B", "1"}},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: ab, Classes: []string{"B", "1"}, Target: "y", Lines: []int{2, 3}}},
		{"fractions as classes", "a,b,y\n1,2,1.5\n3,4,0.50\n", CSV{Task: Classification},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: ab, Classes: []string{"0.50", "1.5"}, Target: "y", Lines: []int{2, 3}}},
		{"a first row of text in the label alone", ",,yes\n1,2,yes\n3,4,no\n", CSV{Missing: DropMissing},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: Names(2), Classes: []string{"no", "yes"}, Target: "y", Lines: []int{2, 3}, Dropped: 1}},
		{"the same, label first, behind a name that is dropped", "yes;Ann;;\nyes;Bob;1;2\nno;Eve;3;4\n", CSV{Comma: ';', Label: At(0), Drop: []Column{At(1)}, Missing: DropMissing},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{1, 0}, Features: Names(2), Classes: []string{"no", "yes"}, Target: "y", Lines: []int{2, 3}, Dropped: 1}},
		{"the same, kept", " ,\"\",yes\n1,2,yes\n", CSV{Missing: KeepMissing, Classes: []string{"no", "yes"}, Drop: []Column{At(0)}},
			Dataset{X: []float64{nan, 2}, Y: []float64{1, 1}, Features: Names(1), Classes: []string{"no", "yes"}, Target: "y", Lines: []int{1, 2}}},
		{"a header that names one feature and the label", ",b,y\n1,2,0\n3,4,1\n", CSV{},
			Dataset{X: []float64{1, 2, 3, 4}, Y: []float64{0, 1}, Features: []string{"x0", "b"}, Classes: []string{"0", "1"}, Target: "y", Lines: []int{2, 3}}},
		{"marks that are numbers, however they are written", "a,b,y\n-999.0,2,g\n1,-9.99e2,g\n1,2,g\n3,4,-0999\n3,-999.5,h\n", CSV{Missing: DropMissing, Marks: []string{"-999"}},
			Dataset{X: []float64{1, 2, 3, -999.5}, Y: []float64{0, 1}, Features: ab, Classes: []string{"g", "h"}, Target: "y", Lines: []int{4, 6}, Dropped: 3}},
		{"marks of text beside those of numbers", "a,b,y\n0,n/a,g\n1,2,g\nNAN,4,h\n3,N/A,h\n+0.0,1,h\n", CSV{Missing: KeepMissing, Marks: []string{"0", "n/a", "N/A", "nan"}},
			Dataset{X: []float64{nan, nan, 1, 2, nan, 4, 3, nan, nan, 1}, Y: []float64{0, 0, 1, 1, 1}, Features: ab, Classes: []string{"g", "h"}, Target: "y", Lines: []int{2, 3, 4, 5, 6}}},
		{"a row with a missing value and a text", "a,b,y\ntotal,,\n1,2,g\n", CSV{Missing: DropMissing},
			Dataset{X: []float64{1, 2}, Y: []float64{0}, Features: ab, Classes: []string{"g"}, Target: "y", Lines: []int{3}, Dropped: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(c.text, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			c.want.Source, c.want.Guessed = "f.csv", guessed(c.want.Features, c.opts.Types)
			if diff := cmp.Diff(&c.want, got, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("%q: (-want +got)\n%s", c.text, diff)
			}
		})
	}
}

func TestReadCSVKeepsMissingValuesAsNaN(t *testing.T) {
	d, err := read("a,b,y\n1,NA,0\nnan,4,1\n", CSV{Missing: KeepMissing})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	if diff := cmp.Diff([]float64{1, nan, nan, 4}, d.X, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("X (-want +got)\n%s", diff)
	}
	if err := d.Check(); !errors.Is(err, ErrNotFinite) {
		t.Errorf("Check of kept missing values: %v, want ErrNotFinite", err)
	}
}

func TestReadCSVErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       CSV
		want       error
		message    string // a part of it
	}{
		{"empty", "", CSV{}, ErrEmpty, "f.csv: no examples"},
		{"blank", "\n \r\n\n", CSV{}, ErrEmpty, "f.csv"},
		{"only a mark", "\ufeff", CSV{}, ErrEmpty, "f.csv"},
		{"only a header", "a,b,y\n", CSV{}, ErrEmpty, "a header and nothing below it"},
		{"all rows dropped", "a,b,y\n1,,0\n,2,1\n", CSV{Missing: DropMissing}, ErrEmpty, "every one of 2 rows has a missing value"},
		{"short row", "a,b,y\n1,2,0\n3,4\n", CSV{}, ErrRagged, "f.csv:3: 2 fields where the first record has 3"},
		{"long row", "1,2,0\n\n3,4,5,1\n", CSV{}, ErrRagged, "f.csv:3: 4 fields where the first record has 3"},
		{"text", "a,b,y\n1,2,0\n3,four,1\n", CSV{}, ErrNumber, `f.csv:3:3: "four" in column "b": the column began with a number: set CSV.Types if it is text, CSV.Marks if this means a missing value: not a number`},
		{"text without a header", "5,2,0\n3, four,1\n", CSV{}, ErrNumber, `f.csv:2:4: "four" in field 2 of 3: the column began with a number: set CSV.Types if it is text, CSV.Marks if this means a missing value: not a number`},
		{"more numbers than words", "5,-,0\n3,1,1\n3,2,1\n", CSV{}, ErrNumber, `f.csv: column "x1": 2 of 3 different values are numbers, "-" is not: set CSV.Types`},
		{"a type of no feature", "a,y\n1,0\n", CSV{Types: map[string]Type{"b": TextType}}, ErrColumn, `f.csv:1: types: "b" is not among a`},
		{"a type that there is not", "a,y\n1,0\n", CSV{Types: map[string]Type{"a": 3}}, ErrArgument, `Type(3) of "a"`},
		{"too many texts", "a,y\nu,0\nv,0\nw,1\n", CSV{Limits: Limits{Texts: 2}}, ErrLimit, `f.csv:4:1: "w" in column "a": more than 2 different texts`},
		{"a negative weight", "a,w,y\n1,-1,0\n", CSV{Weight: Name("w")}, ErrArgument, `f.csv:2:3: "-1" in column "w": a weight`},
		{"no weight", "a,w,y\n1,,0\n", CSV{Weight: Name("w")}, ErrMissing, `f.csv:2:3: "" in column "w"`},
		{"the label as a weight", "a,y\n1,0\n", CSV{Weight: Name("y")}, ErrColumn, "weight: column 1 is dropped, or the label"},
		{"a target twice", "a,y\n1,0\n", CSV{Labels: []Column{At(1), Name("y")}}, ErrColumn, "labels: column 1 is dropped, or named twice"},
		{"targets and a label", "a,y\n1,0\n", CSV{Labels: []Column{At(1)}, Label: At(0)}, ErrArgument, "several labels beside Label"},
		{"text among several targets", "a,u,v\n1,2,x\n", CSV{Labels: []Column{At(1), At(2)}}, ErrNumber, `f.csv:2:5: "x" in column "v"`},
		{"decimals and fields by commas", "a,y\n", CSV{Comma: ',', DecimalComma: true}, ErrArgument, "both by a comma"},
		{"decimal commas", "a;y\n1,5;0\n", CSV{Comma: ';'}, ErrNumber, `f.csv:2:1: "1,5" in column "a": write a decimal point`},
		{"text among targets", "a,y\n1,0.5\n2,high\n", CSV{Task: Regression}, ErrNumber, `f.csv:3:3: "high" in column "y"`},
		{"text after numbers", "a,y\n1,0\n2,l\n", CSV{}, ErrLabel, `f.csv:3:3: "l" in column "y": labels are text and numbers`},
		{"numbers after text", "a,y\n1,g\n2,0\n", CSV{Task: Classification}, ErrLabel, `f.csv:3:3: "0" in column "y": labels are text and numbers`},
		{"half a header", "7,9,y\n1,2,0\n2,3,1\n", CSV{}, ErrLabel, `f.csv:2:5: "0"`},
		{"header of counting numbers", "0,1,2,y\n1,2,3,g\n", CSV{}, ErrHeader, "f.csv:1: the numbers in the first record only count, set CSV.Header"},
		{"header that counts from 1", ",1,2,3\n1,2,3,4\n", CSV{}, ErrHeader, "f.csv:1"},
		{"an unknown class", "a,y\n1,g\n2,k\n", CSV{Classes: []string{"g", "h"}}, ErrLabel, `f.csv:3:3: "k" in column "y": not among the classes g, h`},
		{"missing", "a,b,y\n1,2,0\n3,,1\n", CSV{}, ErrMissing, `f.csv:3:3: "" in column "b": set CSV.Missing to DropMissing, or to KeepMissing and give the model a Prepare: missing value`},
		{"NA", "a,b,y\nNA,2,0\n", CSV{}, ErrMissing, `f.csv:2:1: "NA" in column "a": set CSV.Missing`},
		{"a missing label", "a,b,y\n1,2,0\n1,2,?\n", CSV{Missing: KeepMissing}, ErrMissing, `f.csv:3:5: "?" in column "y"`},
		{"NaN", "a,b,y\n1,2,0\n3,NaN,1\n", CSV{}, ErrNotFinite, `f.csv:3:3: "NaN" in column "b": set CSV.Missing to DropMissing, or to KeepMissing and give the model a Prepare: not finite`},
		{"NaN that is no mark", "a,b,y\n1,nAn,0\n", CSV{Missing: DropMissing, Marks: []string{}}, ErrNotFinite, `f.csv:2:3: "nAn"`},
		{"Inf", "a,b,y\n-Inf,2,0\n", CSV{Missing: DropMissing}, ErrNotFinite, `f.csv:2:1: "-Inf" in column "a": not finite`},
		{"overflow", "a,b,y\n1,1e999,0\n", CSV{}, ErrNotFinite, `f.csv:2:3: "1e999" in column "b": not finite`},
		{"infinity", "a,b,y\n1,+infinity,0\n", CSV{}, ErrNotFinite, `f.csv:2:3: "+infinity" in column "b": not finite`},
		{"digits with an underscore", "a,b,y\n1,2,0\n3,1_0,1\n", CSV{}, ErrNumber, `f.csv:3:3: "1_0" in column "b": the column began with a number`},
		{"a hexadecimal number", "a,b,y\n1,2,0\n3,0x1p-2,1\n", CSV{}, ErrNumber, `f.csv:3:3: "0x1p-2" in column "b"`},
		{"a hexadecimal target", "a,y\n1,0X1P4\n", CSV{Task: Regression}, ErrNumber, `f.csv:2:3: "0X1P4" in column "y"`},
		{"a mark that is a number, and text", "a,y\n1,0\n1_0,1\n", CSV{Marks: []string{"10"}}, ErrNumber, `f.csv:3:1: "1_0" in column "a"`},
		{"an infinite target", "a,y\n1,Inf\n", CSV{}, ErrNotFinite, `f.csv:2:3: "Inf" in column "y": not finite`},
		{"an unknown label column", "a,b\n1,2\n", CSV{Label: Name("y")}, ErrColumn, `f.csv:1: label: "y" is not among a, b: no such column`},
		{"an unknown column to drop", "a,b\n1,2\n", CSV{Drop: []Column{Name("id")}}, ErrColumn, `f.csv:1: drop: "id" is not among a, b`},
		{"a name of two columns", "a,a,y\n1,2,3\n", CSV{Label: Name("a")}, ErrColumn, `"a" names two columns or more`},
		{"a name without a header", "5,2\n", CSV{Label: Name("y")}, ErrColumn, `"y" in a file without a header`},
		{"a position beyond the end", "a,b\n1,2\n", CSV{Label: At(2)}, ErrColumn, "At(2) of 2 columns"},
		{"a position before the start", "a,b\n1,2\n", CSV{Label: At(-3)}, ErrColumn, "At(-3) of 2 columns"},
		{"a dropped label", "a,b\n1,2\n", CSV{Drop: []Column{At(-1)}}, ErrColumn, "column 1 is dropped"},
		{"another delimiter, said wrongly", "a;b;y\n1;2;0\n", CSV{Comma: ','}, ErrColumn, "no feature among 1 columns between ','"},
		{"two features of one name", "a,b,a,y\n1,2,3,4\n", CSV{}, ErrName, `f.csv:1: header (see CSV.Drop): two columns are called "a"`},
		{"a feature named as the label", "y,b,y\n1,2,3\n", CSV{}, ErrName, `two columns are called "y"`},
		{"a name that a column without one gets", "x1,,y\n1,2,3\n", CSV{}, ErrName, `two columns are called "x1"`},
		{"a first row of text in the label alone", ",,yes\n1,2,no\n", CSV{}, ErrMissing, `f.csv:1:1: "" in field 1 of 3`},
		{"labels with decimal commas", "a;y\n1;0,5\n2;0,7\n", CSV{Comma: ';'}, ErrNumber, `f.csv:2:3: "0,5" in column "y": write a decimal point`},
		{"labels with commas between thousands", "a,y\n1,\"1,234,500.5\"\n", CSV{}, ErrNumber, `f.csv:2:3: "1,234,500.5" in column "y": write a decimal point`},
		{"targets with decimal commas", "a;y\n1;-0,5\n", CSV{Comma: ';', Task: Regression}, ErrNumber, `"-0,5" in column "y": write a decimal point`},
		{"everything dropped", "a,b\n1,2\n", CSV{NoLabel: true, Drop: []Column{At(0), At(1)}}, ErrColumn, "no feature"},
		{"a stray quote", "a,b,y\n1,2,0\n3,4\"4,1\n", CSV{}, ErrSyntax, "f.csv:3:4: a quote within a field"},
		{"an open quote", "a,b,y\n1,2,\"0\n3,4,1\n", CSV{}, ErrSyntax, "f.csv:2:5: a quote that is never closed"},
		{"text behind a quoted field", "a,b,y\n1,\"2\"2,0\n", CSV{}, ErrSyntax, "f.csv:2:5: a quote within a quoted field"},
		{"text behind a quoted field of two lines", "a,b,y\n1,\"2\n\"2,0\n", CSV{}, ErrSyntax, "f.csv:3:1: a quote within a quoted field"},
		{"delimiter is a quote", "a,b\n", CSV{Comma: '"'}, ErrArgument, `comma '"'`},
		{"delimiter is the comment", "a,b\n", CSV{Comment: ','}, ErrArgument, "comment ','"},
		{"no such header rule", "a,b\n", CSV{Header: 7}, ErrArgument, "header 7"},
		{"no such task", "a,b\n", CSV{Task: -1}, ErrArgument, "task -1"},
		{"no such policy", "a,b\n", CSV{Missing: 3}, ErrArgument, "missing 3"},
		{"classes of a regression", "a,b\n", CSV{Task: Regression, Classes: []string{"g"}}, ErrArgument, "classes for a regression"},
		{"a class given twice", "a,b\n", CSV{Classes: []string{"1", "1.0"}}, ErrName, `classes "1" and "1.0" are one number`},
		{"a class given twice, as text", "a,b\n", CSV{Classes: []string{"g", "h", "g"}}, ErrName, `two classes are called "g"`},
		{"a class that is no UTF-8", "a,b\n", CSV{Classes: []string{"g", "\xe9"}}, ErrName, `classes: "\xe9" is not UTF-8`},
		{"a negative limit", "a,b\n", CSV{Limits: Limits{Row: -1}}, ErrArgument, "limit Row of -1"},
		{"delimiter is no character", "a,b\n", CSV{Comma: 0xd800}, ErrArgument, "comma"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := read(c.text, c.opts)
			if !errors.Is(err, c.want) || d != nil {
				t.Fatalf("%q gives %v, %v, want %v", c.text, d, err, c.want)
			}
			if !strings.Contains(err.Error(), c.message) {
				t.Errorf("%q says\n  %v, which is without\n  %s", c.text, err, c.message)
			}
		})
	}
}

// A long field, a wide row and many rows are read like others.
func TestReadLargeCSV(t *testing.T) {
	long := strings.Repeat("long, ", 1<<18) + "end"
	d, err := read("a,y\n1,\""+long+"\"\n2,g\n", CSV{})
	if err != nil || d.Classes[1] != long {
		t.Errorf("a field of %d bytes: %v", len(long), err)
	}
	const wide = 20000
	d, err = read(strings.Repeat("0.5,", wide)+"1\n"+strings.Repeat("1.5,", wide)+"0\n", CSV{})
	if err != nil || d.Rows() != 2 || len(d.Features) != wide || d.Row(1)[wide-1] != 1.5 {
		t.Errorf("a row of %d numbers: %v", wide, err)
	}
	const many = 100000
	d, err = read(strings.Repeat("0.5,1\n1.5,0\n", many/2), CSV{})
	if err != nil || d.Rows() != many || d.Lines[many-1] != many || d.X[many-1] != 1.5 {
		t.Errorf("%d rows: %v", many, err)
	}
}

func TestReadCSVReturnsTheErrorsOfItsReader(t *testing.T) {
	broken := errors.New("the line is broken")
	for _, text := range []string{"", "a", "a,b,y\n", "a,b,y\n1,2,0\n"} {
		for _, want := range []error{broken, errors.Join(broken, io.EOF)} {
			r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(want))
			if d, err := ReadCSV(r, CSV{}); !errors.Is(err, broken) || d != nil {
				t.Errorf("after %q: %v, %v, want the reader's error", text, d, err)
			}
		}
	}
}

func TestReadCSVInSmallPieces(t *testing.T) {
	whole, err := read(irisCSV, CSV{})
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := ReadCSV(iotest.OneByteReader(strings.NewReader(irisCSV)), CSV{Source: "f.csv"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole, pieces); diff != "" {
		t.Errorf("read byte by byte it differs:\n%s", diff)
	}
}

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(path, []byte("a,y\n1,0\nx,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, CSV{}); !errors.Is(err, ErrNumber) || !strings.HasPrefix(err.Error(), path+":3:1: ") {
		t.Errorf("Open of a bad file: %v, want its path, line and column", err)
	}
	if _, err := Open(path, CSV{Source: "mine"}); err == nil || !strings.HasPrefix(err.Error(), "mine:3:1: ") {
		t.Errorf("Open of a bad file called mine: %v", err)
	}
	if d, err := Open(path, CSV{Label: At(0), Classes: []string{"1", "x"}}); err != nil || d.Rows() != 2 {
		t.Errorf("Open: %v", err)
	}
	if _, err := Open(path+".gone", CSV{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of no file: %v, want fs.ErrNotExist", err)
	}
}

func BenchmarkReadCSV(b *testing.B) {
	b.SetBytes(int64(len(breastCancerCSV)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(breastCancerCSV, CSV{}); err != nil {
			b.Fatal(err)
		}
	}
}
