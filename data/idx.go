package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// ErrIDX is what the error of a file that is no IDX file of bytes, or ends before it should,
// wraps.
var ErrIDX = errors.New("not IDX as expected")

// OpenIDX is ReadIDX of two files.
func OpenIDX(images, labels string) (*Dataset, error) {
	pixels, err := os.Open(images)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer pixels.Close()
	classes, err := os.Open(labels)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer classes.Close()
	d, err := ReadIDX(pixels, classes)
	if err != nil {
		return nil, fmt.Errorf("data: %s and %s: %w", images, labels, err)
	}
	d.Source = images
	return d, nil
}

// ReadIDX reads images and their labels from two files in the format of MNIST (Y. LeCun,
// C. Cortes, C. Burges), plain or compressed by gzip: of each image the pixels, row by row, as
// features between 0 and 1; the labels, which are whole numbers, as classes "0", "1", …, up to
// the largest. The error of other files wraps ErrIDX, of labels of another number ErrLength,
// of no images ErrEmpty.
func ReadIDX(images, labels io.Reader) (*Dataset, error) {
	pixels, dims, err := readIDX(images)
	if err != nil {
		return nil, fmt.Errorf("images: %w", err)
	}
	classes, many, err := readIDX(labels)
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	if len(dims) < 2 || len(many) != 1 {
		return nil, fmt.Errorf("images of %d axes and labels of %d: want 3 and 1: %w", len(dims), len(many), ErrIDX)
	}
	if dims[0] != many[0] {
		return nil, fmt.Errorf("%d images and %d labels: %w", dims[0], many[0], ErrLength)
	}
	if len(pixels) == 0 {
		return nil, ErrEmpty
	}
	d := &Dataset{X: make([]float64, len(pixels)), Y: make([]float64, len(classes)), Features: Names(len(pixels) / dims[0]), Target: "label"}
	for i, p := range pixels {
		d.X[i] = float64(p) / 255
	}
	if len(dims) == 3 {
		d.Shape = []int{1, dims[1], dims[2]}
	}
	most := byte(0)
	for i, c := range classes {
		d.Y[i] = float64(c)
		most = max(most, c)
	}
	for c := range int(most) + 1 {
		d.Classes = append(d.Classes, strconv.Itoa(c))
	}
	return d, nil
}

// readIDX returns the bytes of a file and the extents of its axes.
func readIDX(r io.Reader) (entries []byte, dims []int, err error) {
	in := bufio.NewReader(r)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrIDX, err)
		}
		in = bufio.NewReader(unzipped)
	}
	var magic [4]byte
	if _, err := io.ReadFull(in, magic[:]); err != nil || magic[0] != 0 || magic[1] != 0 {
		return nil, nil, fmt.Errorf("it begins with % x, want 00 00: %w", magic, ErrIDX)
	}
	if magic[2] != 8 || magic[3] < 1 || magic[3] > 4 {
		return nil, nil, fmt.Errorf("type %#x and %d axes, want bytes, 0x8, and up to 4 axes: %w", magic[2], magic[3], ErrIDX)
	}
	const most = 1 << 32
	size := int64(1)
	for range magic[3] {
		var extent [4]byte
		if _, err := io.ReadFull(in, extent[:]); err != nil {
			return nil, nil, fmt.Errorf("it ends within its extents: %w", ErrIDX)
		}
		n := binary.BigEndian.Uint32(extent[:])
		if dims = append(dims, int(n)); n > 0 && size > most/int64(n) {
			return nil, nil, fmt.Errorf("extents %v, more than 4 GiB: %w", dims, ErrIDX)
		}
		size *= int64(n)
	}
	// What is read grows with the file, and not by what its head promises.
	var all bytes.Buffer
	n, err := io.Copy(&all, io.LimitReader(in, size+1))
	if err != nil || n != size {
		return nil, nil, fmt.Errorf("extents %v, but not as many bytes: %w", dims, errors.Join(ErrIDX, err))
	}
	return all.Bytes(), dims, nil
}
