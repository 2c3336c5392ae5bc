package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// memory is a disk that can lose power. What has been written but not flushed may
// be there then, or be gone, or half of it: names and bytes, in any combination,
// except that changes of names reach the disk in their order.
type memory struct {
	names   map[string]*memoryFile // as a process sees them
	flushed map[string]*memoryFile // as they are on the disk for certain
	pending []func(names map[string]*memoryFile)
	made    int
}

type memoryFile struct {
	d       *memory
	name    string
	bytes   []byte
	flushed []byte
}

func (d *memory) change(do func(names map[string]*memoryFile)) {
	do(d.names)
	d.pending = append(d.pending, do)
}

func (d *memory) create(path string) (file, string, error) {
	d.made++
	f := &memoryFile{d: d, name: fmt.Sprint(path, ".", d.made)}
	d.change(func(names map[string]*memoryFile) { names[f.name] = f })
	return f, path, nil
}

func (d *memory) rename(from, to string) error {
	f := d.names[from]
	d.change(func(names map[string]*memoryFile) { delete(names, from); names[to] = f })
	return nil
}

func (d *memory) remove(name string) error {
	d.change(func(names map[string]*memoryFile) { delete(names, name) })
	return nil
}

func (d *memory) syncFolder(string) error {
	d.flushed, d.pending = maps.Clone(d.names), nil
	return nil
}

func (f *memoryFile) Name() string { return f.name }
func (f *memoryFile) Close() error { return nil }
func (f *memoryFile) Write(p []byte) (int, error) {
	f.bytes = append(f.bytes, p...)
	return len(p), nil
}
func (f *memoryFile) Sync() error {
	f.flushed = bytes.Clone(f.bytes)
	return nil
}

// found calls see with each content that the file at path may have after power
// was lost now, nil if it is not there.
func (d *memory) found(path string, see func(content []byte)) {
	for reached := range len(d.pending) + 1 {
		names := maps.Clone(d.flushed)
		for _, change := range d.pending[:reached] {
			change(names)
		}
		f := names[path]
		if f == nil {
			see(nil)
			continue
		}
		lost := f.bytes[len(f.flushed):]
		for _, n := range []int{0, len(lost) / 2, len(lost)} {
			see(slices.Concat(f.flushed, lost[:n]))
		}
	}
}

// Whenever the power fails, the file is the one before or the one after, and it
// is the one after once replace has returned.
func TestPowerFailure(t *testing.T) {
	for at := 0; ; at++ {
		d := &memory{names: map[string]*memoryFile{}}
		old := &memoryFile{d: d, name: "file", bytes: content('a'), flushed: content('a')}
		d.names["file"] = old
		check(t, d.syncFolder(""))
		stop := &faulty{disk: d, kind: "any", at: at, dead: true}
		err := replace(stop, "file", writes(content('b')))
		seen := 0
		d.found("file", func(got []byte) {
			seen++
			if after := bytes.Equal(got, content('b')); !after && (err == nil || !bytes.Equal(got, content('a'))) {
				t.Errorf("after %d operations (%v) the file may hold %d bytes", at, err, len(got))
			}
		})
		if seen == 0 {
			t.Error("nothing was looked at")
		}
		if !stop.fired {
			if at < 8 {
				t.Errorf("%d operations only", at)
			}
			return
		}
	}
}
