package data

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrImage is what the error of a file wraps that is no picture in PNG or JPEG, or one that does not
// fit the others.
var ErrImage = errors.New("not a picture as expected")

// Images says how pictures are read. Each is an example whose features are its pixels: those of
// a channel after each other, row by row, each between 0 and 1, as models.Reshape and models.Conv2D
// take them. Channels are red, green and blue, in the coding of the file, which is sRGB as a rule; what a
// file says of transparency, and of the way up (EXIF), is passed over.
//
//	flowers/daisy/a.jpg
//	flowers/daisy/b.png
//	flowers/rose/c.jpg
//
//	d, err := data.OpenImages("flowers", data.Images{Height: 64, Width: 64})
//
// Files in PNG and JPEG are known by what is in them. Those whose names begin with a dot are passed over.
type Images struct {
	// The rows and columns that each picture is scaled to, by means under a triangle as wide as
	// two pixels of the smaller picture; 0 is those of the first picture, which all then have.
	Height, Width int

	Grey bool // one channel in the place of three: 0.299 red + 0.587 green + 0.114 blue

	// Labels is a CSV file that has the name of a picture, relative to the folder, and its label in each
	// line, as CSV says: "a.jpg,rose". The rows are in its order. "" means that the label of a picture is the
	// name of the folder that it is in, below the one that is opened; rows are then in the order of
	// names. With CSV.NoLabel there are no labels, and CSV.Classes are the classes in their order, where that is
	// known, as from the training pictures.
	Labels string
	CSV    CSV

	Pixels int // a picture of more is refused before it is decoded; 0 is 33 554 432
}

// mostImages is how many bytes OpenImages makes of pictures.
const mostImages int64 = min(1<<34, math.MaxInt/2+1)

// OpenImages reads the pictures in a folder and those below it, with their labels, by as many
// goroutines as there are processors; the rows do not depend on how many. [Dataset.Shape] is that of a
// picture. An error names the file and wraps ErrImage or ErrLimit, or is that of [Open] for Labels. For pictures
// that are too many for the memory see [Images.Convert].
func OpenImages(folder string, o Images) (*Dataset, error) {
	d, files, err := o.list(folder)
	if err != nil {
		return nil, err
	}
	n := len(d.Features)
	if int64(len(files)) > mostImages/8/int64(n) {
		return nil, fmt.Errorf("%s: %d pictures of %d numbers, more than %d GiB; give Height and Width, or convert them: %w", folder, len(files), n, mostImages>>30, ErrLimit)
	}
	d.X = make([]float64, len(files)*n)
	return d, o.sized(d).fill(d.X, files)
}

// Files returns the paths of the pictures, in the order of the rows.
func (o Images) Files(folder string) ([]string, error) {
	_, files, err := o.labelled(folder)
	return files, err
}

// list returns a data set that has all but X, and the files of its rows.
func (o Images) list(folder string) (*Dataset, []string, error) {
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	d, files, err := o.labelled(folder)
	if err != nil {
		return nil, nil, err
	}
	if o.Height == 0 || o.Width == 0 {
		first, err := o.size(files[0])
		if err != nil {
			return nil, nil, err
		}
		o.Height, o.Width = cmp.Or(o.Height, first.Y), cmp.Or(o.Width, first.X)
	}
	d.Shape = []int{o.channels(), o.Height, o.Width}
	d.Features, d.Levels, d.Guessed = Names(o.channels()*o.Height*o.Width), nil, nil
	return d, files, nil
}

// sized returns o for pictures of the shape of d; those without a size of their own must have it.
func (o Images) sized(d *Dataset) sizedImages {
	return sizedImages{Images: o, height: d.Shape[1], width: d.Shape[2], anySize: o.Height != 0 && o.Width != 0}
}

func (o Images) channels() int {
	if o.Grey {
		return 1
	}
	return 3
}

func (o Images) pixels() int { return cmp.Or(o.Pixels, 1<<25) }

// check returns an error unless the options are possible.
func (o Images) check() error {
	if o.Height < 0 || o.Width < 0 || o.Pixels < 0 {
		return fmt.Errorf("data: pictures of %d×%d, at most %d pixels: %w", o.Height, o.Width, o.Pixels, ErrArgument)
	}
	if h, w := max(o.Height, 1), max(o.Width, 1); h > o.pixels()/w {
		return fmt.Errorf("data: pictures of %d×%d, more than %d pixels; see Images.Pixels: %w", h, w, o.pixels(), ErrLimit)
	}
	return nil
}

// labelled finds the pictures and their labels, by the file Labels or by folders.
func (o Images) labelled(folder string) (*Dataset, []string, error) {
	if o.Labels != "" {
		return o.tabled(folder)
	}
	d := &Dataset{Source: folder, Target: "folder"}
	names, err := picturesIn(folder)
	if err != nil {
		return nil, nil, err
	}
	if o.CSV.NoLabel {
		d.Target = ""
		return d, joined(folder, names), nil
	}
	task := o.CSV.Task
	if task == DetectTask {
		task = Classification
	}
	limits, err := o.CSV.Limits.withDefaults()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", folder, err)
	}
	l, err := newLabels(task, o.CSV.Classes, limits.Classes)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", folder, err)
	}
	for _, name := range names {
		label, _, below := strings.Cut(filepath.ToSlash(name), "/")
		if !below {
			return nil, nil, fmt.Errorf("%s: in no folder that is its label; give Images.Labels, or CSV.NoLabel: %w", filepath.Join(folder, name), ErrLabel)
		}
		if err := l.add([]byte(label)); err != nil {
			return nil, nil, fmt.Errorf("%s: label %s: %w", filepath.Join(folder, name), quote(label), err)
		}
	}
	d.Y, d.Classes, err = l.encode()
	if err == nil {
		err = checkNames("classes", d.Classes)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", folder, err)
	}
	return d, joined(folder, names), nil
}

// tabled reads the names of the pictures and their labels from the file Labels.
func (o Images) tabled(folder string) (*Dataset, []string, error) {
	d, err := Open(o.Labels, o.CSV)
	if err != nil {
		return nil, nil, err
	}
	if len(d.Features) != 1 || d.Levels == nil || d.Levels[0] == nil {
		return nil, nil, fmt.Errorf("%s: columns %s and %s, want the names of pictures, as text, and a label; see CSV.Drop, CSV.Label and CSV.Types: %w", o.Labels, list(d.Features), quote(d.Target), ErrColumn)
	}
	names := make([]string, d.Rows())
	for i, at := range d.X {
		if math.IsNaN(at) {
			return nil, nil, fmt.Errorf("%s: no name of a picture: %w", d.Place(i), ErrMissing)
		}
		if names[i] = filepath.FromSlash(d.Levels[0][int(at)]); !filepath.IsLocal(names[i]) {
			return nil, nil, fmt.Errorf("%s: %s is not below the folder %s: %w", d.Place(i), quote(names[i]), folder, ErrImage)
		}
	}
	return d, joined(folder, names), nil
}

// picturesIn returns the names of all files below a folder that are not hidden, in order.
func picturesIn(folder string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch hidden := strings.HasPrefix(e.Name(), ".") && path != folder; {
		case hidden && e.IsDir():
			return fs.SkipDir
		case hidden || e.IsDir():
			return nil
		}
		name, err := filepath.Rel(folder, path)
		names = append(names, name)
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("data: %w", err)
	case len(names) == 0:
		return nil, fmt.Errorf("%s: no pictures: %w", folder, ErrEmpty)
	}
	return names, nil
}

func joined(folder string, names []string) []string {
	files := slices.Clone(names)
	for i, name := range names {
		files[i] = filepath.Join(folder, name)
	}
	return files
}

// Convert writes the pictures to a file of rows, as [Stream.Convert] does of tables: [OpenRows] maps it into
// memory. It is written whole or not at all, and takes the memory of a few pictures.
func (o Images) Convert(folder, path string) error {
	d, files, err := o.list(folder)
	if err != nil {
		return err
	}
	n := len(d.Features)
	return writeRows(path, func(w *rowsWriter) error {
		piece := make([]float64, min(len(files), max(64, (1<<21)/n))*n)
		for some := range slices.Chunk(files, len(piece)/n) {
			x := piece[:len(some)*n]
			if err := o.sized(d).fill(x, some); err != nil {
				return err
			}
			if err := w.floats(x); err != nil {
				return err
			}
		}
		return w.end(d, len(files), nil)
	})
}

// Extents returns what Shape has: the channels, rows and columns of the picture whose pixels are the features. The error wraps
// ErrFeatures if there are none, or other numbers of features.
func (d *Dataset) Extents() (channels, rows, columns int, err error) {
	size := 1
	for _, n := range d.Shape {
		if n < 1 || size > len(d.Features)/n {
			size = 0
			break
		}
		size *= n
	}
	if len(d.Shape) != 3 || size != len(d.Features) {
		return 0, 0, 0, fmt.Errorf("%s: %d features are no pictures of Shape %v, want channels, rows, columns: %w", d.source(), len(d.Features), d.Shape, ErrFeatures)
	}
	return d.Shape[0], d.Shape[1], d.Shape[2], nil
}

// size returns the extents of the picture in a file.
func (o Images) size(path string) (size point, err error) {
	f, err := os.Open(path)
	if err != nil {
		return point{}, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	if _, size, err = o.head(f); err != nil {
		return point{}, fmt.Errorf("%s: %w", path, err)
	}
	return size, nil
}
