package data_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
)

// A peerPicture is what Pillow reads of a file: see testdata/pictures.py.
type peerPicture struct{ Pixels, Smaller, Larger, Grey []float64 }

// Pixels are those that Pillow reads, also scaled down and up. Decoders of JPEG differ by a level or two.
func TestPicturesAreThoseOfPillow(t *testing.T) {
	text, err := os.ReadFile("testdata/pictures.json")
	if err != nil {
		t.Fatal(err)
	}
	var peers map[string]peerPicture
	if err := json.Unmarshal(text, &peers); err != nil || len(peers) != 8 {
		t.Fatal(len(peers), err)
	}
	for name, p := range peers {
		file, err := os.ReadFile("testdata/pictures/" + name)
		if err != nil {
			t.Fatal(err)
		}
		tolerance := 1e-6
		if strings.HasSuffix(name, ".jpg") {
			tolerance = 2.1 / 255
		}
		for _, c := range []struct {
			o    data.Images
			want []float64
		}{
			{data.Images{Height: 6, Width: 7}, p.Pixels}, {data.Images{Height: 3, Width: 4}, p.Smaller},
			{data.Images{Height: 9, Width: 10}, p.Larger}, {data.Images{Height: 6, Width: 7, Grey: true}, p.Grey},
		} {
			got, err := c.o.Row(file)
			if err != nil || len(got) != len(c.want) {
				t.Fatalf("%s, %+v: %d pixels of %d, %v", name, c.o, len(got), len(c.want), err)
			}
			for i, v := range got {
				if !(math.Abs(v-c.want[i]) <= tolerance) {
					t.Errorf("%s, %+v: pixel %d is %v, want %v", name, c.o, i, v, c.want[i])
					break
				}
			}
		}
	}
}

// dots writes a grey picture of these levels, two rows, and the folders it needs.
func dots(t *testing.T, path string, levels ...uint8) {
	t.Helper()
	p := image.NewGray(image.Rect(0, 0, len(levels)/2, 2))
	copy(p.Pix, levels)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, p), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// flowers makes a folder of pictures of 2×2 pixels, of two classes and some files that are none, and a table of them.
func flowers(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	dots(t, filepath.Join(folder, "rose", "b.png"), 0, 51, 102, 153)
	dots(t, filepath.Join(folder, "rose", "a.jpg"), 255, 0, 0, 0) // a PNG all the same
	dots(t, filepath.Join(folder, "daisy", "wild", "c"), 51, 51, 51, 51)
	for path, text := range map[string]string{".DS_Store": "x", "rose/.thumb": "x", ".cache/d.png": "x"} {
		path = filepath.Join(folder, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func table(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "labels.csv")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenImages(t *testing.T) {
	folder := flowers(t)
	labels := table(t, "file,age\nrose/a.jpg,2.5\ndaisy/wild/c,7\n")
	for name, c := range map[string]struct {
		o       data.Images
		x, y    []float64
		classes []string
	}{
		"folders":  {data.Images{Grey: true}, []float64{0.2, 0.2, 0.2, 0.2, 1, 0, 0, 0, 0, 0.2, 0.4, 0.6}, []float64{0, 1, 1}, []string{"daisy", "rose"}},
		"known":    {data.Images{Grey: true, CSV: data.CSV{Classes: []string{"rose", "tulip", "daisy"}}}, []float64{0.2, 0.2, 0.2, 0.2, 1, 0, 0, 0, 0, 0.2, 0.4, 0.6}, []float64{2, 0, 0}, []string{"rose", "tulip", "daisy"}},
		"none":     {data.Images{Grey: true, CSV: data.CSV{NoLabel: true}}, []float64{0.2, 0.2, 0.2, 0.2, 1, 0, 0, 0, 0, 0.2, 0.4, 0.6}, nil, nil},
		"a table":  {data.Images{Grey: true, Labels: labels}, []float64{1, 0, 0, 0, 0.2, 0.2, 0.2, 0.2}, []float64{2.5, 7}, nil},
		"a number": {data.Images{Height: 1, Width: 1, Labels: labels}, []float64{0.25, 0.25, 0.25, 0.2, 0.2, 0.2}, []float64{2.5, 7}, nil},
	} {
		d, err := data.OpenImages(folder, c.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-15 }
		if err := d.Check(); err != nil || !slices.EqualFunc(d.X, c.x, near) || !slices.Equal(d.Y, c.y) || !slices.Equal(d.Classes, c.classes) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
		if channels, rows, columns, err := d.Extents(); err != nil || channels*rows*columns != len(d.Features) || rows != columns {
			t.Errorf("%s: %v, %v", name, d.Shape, err)
		}
		kept := filepath.Join(t.TempDir(), "rows")
		if err := c.o.Convert(folder, kept); err != nil {
			t.Fatal(err)
		}
		r, err := data.OpenRows(kept)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.X, d.X) || !slices.Equal(r.Y, d.Y) || !slices.Equal(r.Shape, d.Shape) || !slices.Equal(r.Classes, d.Classes) {
			t.Errorf("%s: converted it is %+v", name, r)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	files, err := data.Images{Labels: labels}.Files(folder)
	if err != nil || !slices.Equal(files, []string{filepath.Join(folder, "rose", "a.jpg"), filepath.Join(folder, "daisy", "wild", "c")}) {
		t.Error(files, err)
	}
}

// The rows, and the error of the first bad file, are the same for any number of goroutines.
func TestOpenImagesByAnyNumberOfGoroutines(t *testing.T) {
	folder, bad := t.TempDir(), t.TempDir()
	for i := range 40 {
		name := filepath.Join("digits", string(rune('a'+i/10))+string(rune('0'+i%10)))
		dots(t, filepath.Join(folder, name), uint8(i), 1, 2, 3)
		dots(t, filepath.Join(bad, name), append(make([]uint8, 2*(i/7)), 1, 1)...)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, procs := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(procs)
		d, err := data.OpenImages(folder, data.Images{Grey: true})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 40 {
			if d.Row(i)[0] != float64(i)/255 {
				t.Fatalf("%d goroutines: row %d begins with %v", procs, i, d.Row(i)[0])
			}
		}
		if _, err := data.OpenImages(bad, data.Images{}); !errors.Is(err, data.ErrImage) || !strings.Contains(err.Error(), filepath.Join("digits", "a7")+": 2×2 pixels where the first has 2×1") {
			t.Errorf("%d goroutines: %v", procs, err)
		}
	}
}

// What is no picture, or a hostile one, is an error that names the file; a size is refused before anything of it
// is made.
func TestOpenImagesRefuses(t *testing.T) {
	good := flowers(t)
	with := func(content string) string {
		folder := t.TempDir()
		path := filepath.Join(folder, "rose", "x.png")
		if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(content), 0o666)); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	whole, err := os.ReadFile("testdata/pictures/colour.png")
	if err != nil {
		t.Fatal(err)
	}
	// A header of PNG that promises 2¹³ × 2¹³ pixels of 64 bits: 512 MiB.
	huge := "IHDR\x00\x00\x20\x00\x00\x00\x20\x00\x10\x06\x00\x00\x00"
	huge = "\x89PNG\r\n\x1a\n\x00\x00\x00\r" + huge + string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(huge))))
	flat := t.TempDir()
	dots(t, filepath.Join(flat, "a.png"), 1, 2)
	for name, c := range map[string]struct {
		folder string
		o      data.Images
		want   error
		says   string
	}{
		"no folder":       {filepath.Join(good, "tulip"), data.Images{}, os.ErrNotExist, "tulip"},
		"empty":           {t.TempDir(), data.Images{}, data.ErrEmpty, ""},
		"text":            {with("GIF89a"), data.Images{}, data.ErrImage, "x.png: neither PNG nor JPEG"},
		"nothing":         {with(""), data.Images{}, data.ErrImage, "x.png: neither"},
		"cut off":         {with(string(whole[:60])), data.Images{}, data.ErrImage, "x.png: "},
		"head cut off":    {with(string(whole[:20])), data.Images{}, data.ErrImage, "x.png: "},
		"a cut JPEG":      {with("\xff\xd8\xff\xe0\x00"), data.Images{}, data.ErrImage, "x.png: "},
		"huge":            {with(huge), data.Images{Height: 8, Width: 8}, data.ErrLimit, "x.png: 8192×8192 pixels"},
		"more pixels":     {with(string(whole)), data.Images{Pixels: 41}, data.ErrLimit, "x.png: 6×7 pixels, more than 41"},
		"no label":        {flat, data.Images{}, data.ErrLabel, "a.png: in no folder"},
		"unknown class":   {good, data.Images{CSV: data.CSV{Classes: []string{"rose", "tulip"}}}, data.ErrLabel, `c: label "daisy": not among the classes`},
		"negative":        {good, data.Images{Height: -1}, data.ErrArgument, ""},
		"too large":       {good, data.Images{Height: 1 << 20, Width: 1 << 20}, data.ErrLimit, ""},
		"outside":         {good, data.Images{Labels: table(t, "file,label\n../a.png,rose\n")}, data.ErrImage, `labels.csv:2: row 0: "../a.png" is not below the folder`},
		"no such picture": {good, data.Images{Labels: table(t, "file,label\nb.png,rose\n")}, os.ErrNotExist, "b.png"},
		"columns":         {good, data.Images{Labels: table(t, "file,size,label\nb.png,3,rose\n")}, data.ErrColumn, "labels.csv: columns"},
		"numbers":         {good, data.Images{Labels: table(t, "file,label\n3,rose\n")}, data.ErrColumn, "see CSV.Drop"},
		"no table":        {good, data.Images{Labels: filepath.Join(good, "none.csv")}, os.ErrNotExist, "none.csv"},
	} {
		_, err := data.OpenImages(c.folder, c.o)
		if err == nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want one that wraps %q and says %q", name, err, c.want, c.says)
		}
		path := filepath.Join(t.TempDir(), "rows")
		if err := c.o.Convert(c.folder, path); err == nil {
			t.Errorf("%s: converted", name)
		}
		if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", name, left, err)
		}
	}
	if _, err := (data.Images{}).Row(whole); !errors.Is(err, data.ErrArgument) {
		t.Errorf("a row without a size: %v", err)
	}
}
