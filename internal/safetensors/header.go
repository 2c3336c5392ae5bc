package safetensors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf8"
)

// A place says where a tensor lies and what it is: n numbers of a dtype.
type place struct {
	name       string
	shape      []int
	dtype      string
	n          int
	begin, end int
}

// bitsOf is how many bits a number takes, of each dtype of the format
// (github.com/huggingface/safetensors, tensor.rs, version 0.6).
var bitsOf = map[string]int{
	"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
	"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
	"I16": 16, "U16": 16, "F16": 16, "BF16": 16,
	"I32": 32, "U32": 32, "F32": 32,
	"I64": 64, "U64": 64, "F64": 64, "C64": 64,
}

// parseHeader returns what a header says, tensors in the order in which they lie.
func parseHeader(header []byte) (map[string]string, []place, error) {
	p := &parser{dec: json.NewDecoder(bytes.NewReader(header))}
	p.dec.UseNumber()
	metadata, places := map[string]string{}, []place(nil)
	err := p.object(func(name string) (err error) {
		if name == metadataKey {
			return p.object(func(key string) (err error) {
				metadata[key], err = p.text()
				return err
			})
		}
		t, err := p.place()
		t.name = name
		places = append(places, t)
		return err
	})
	if err == nil {
		err = p.end(header)
	}
	if err == nil {
		err = arrange(places)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: header: %w", ErrCorrupt, err)
	}
	return metadata, places, nil
}

// arrange sorts the places, and says whether they lie side by side from 0.
func arrange(places []place) error {
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	end := 0
	for _, t := range places {
		if t.begin != end {
			return fmt.Errorf("tensor %.80q begins at %d, the one before ends at %d", t.name, t.begin, end)
		}
		end = t.end
	}
	return nil
}

// sizeOf returns the product of the extents.
func sizeOf(shape []int) (int, error) {
	n := 1
	for _, extent := range shape {
		hi, lo := bits.Mul64(uint64(n), uint64(extent))
		if extent < 0 || hi != 0 || lo > math.MaxInt {
			return 0, fmt.Errorf("shape %.80s", fmt.Sprint(shape))
		}
		n = int(lo)
	}
	return n, nil
}

// A parser reads the one form of JSON that a header has. It descends no deeper
// than that, and refuses a key that is given twice.
type parser struct {
	dec    *json.Decoder
	tokens int
}

// place reads {"dtype":…,"shape":…,"data_offsets":…}.
func (p *parser) place() (t place, err error) {
	var offsets []int
	keys := 0
	err = p.object(func(key string) (err error) {
		keys++
		switch key {
		case "dtype":
			t.dtype, err = p.dtype()
		case "shape":
			t.shape, err = p.list()
		case "data_offsets":
			offsets, err = p.list()
		default:
			err = fmt.Errorf("key %.80q", key)
		}
		return err
	})
	if err != nil {
		return t, err
	}
	if keys != 3 || len(offsets) != 2 {
		return t, fmt.Errorf("a tensor needs a dtype, a shape and two offsets")
	}
	t.begin, t.end = offsets[0], offsets[1]
	if t.n, err = sizeOf(t.shape); err != nil {
		return t, err
	}
	// What takes 6 bits, or 4, ends with a byte all the same.
	hi, lo := bits.Mul64(uint64(t.n), uint64(bitsOf[t.dtype]))
	if hi != 0 || lo%8 != 0 || t.end < t.begin || lo/8 != uint64(t.end-t.begin) {
		return t, fmt.Errorf("shape %.80s of %s, %d bits each, at %d to %d", fmt.Sprint(t.shape), t.dtype, bitsOf[t.dtype], t.begin, t.end)
	}
	return t, nil
}

func (p *parser) dtype() (string, error) {
	dtype, err := p.text()
	if err == nil && bitsOf[dtype] == 0 {
		err = fmt.Errorf("dtype %.80q is not one of the format", dtype)
	}
	return dtype, err
}

// object reads an object; member reads the value of each key.
func (p *parser) object(member func(key string) error) error {
	if err := p.delim('{'); err != nil {
		return err
	}
	known := map[string]bool{}
	for p.dec.More() {
		key, err := p.text()
		if err != nil {
			return err
		}
		if known[key] {
			return fmt.Errorf("key %.80q is given twice", key)
		}
		known[key] = true
		if err := member(key); err != nil {
			return fmt.Errorf("%.80q: %w", key, err)
		}
	}
	return p.delim('}')
}

// list reads an array of sizes.
func (p *parser) list() ([]int, error) {
	if err := p.delim('['); err != nil {
		return nil, err
	}
	v := []int{}
	for p.dec.More() {
		token, err := p.token()
		if err != nil {
			return nil, err
		}
		number, _ := token.(json.Number)
		n, err := strconv.ParseUint(number.String(), 10, strconv.IntSize-1)
		if err != nil {
			return nil, fmt.Errorf("%.80q is no size", fmt.Sprint(token))
		}
		v = append(v, int(n))
	}
	return v, p.delim(']')
}

func (p *parser) text() (string, error) {
	token, err := p.token()
	if err != nil {
		return "", err
	}
	text, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("%.80q, want a text", fmt.Sprint(token))
	}
	return text, nil
}

func (p *parser) delim(want json.Delim) error {
	token, err := p.token()
	if err == nil && token != want {
		err = fmt.Errorf("%.80q, want %q", fmt.Sprint(token), want.String())
	}
	return err
}

func (p *parser) token() (json.Token, error) {
	if p.tokens++; p.tokens > maxTokens {
		return nil, fmt.Errorf("more than %d names, values and brackets", maxTokens)
	}
	token, err := p.dec.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return token, err
}

// end says whether the object that was read is all there is, and is text.
func (p *parser) end(header []byte) error {
	if _, err := p.dec.Token(); err != io.EOF {
		return fmt.Errorf("something follows it")
	}
	if header[0] != '{' || !utf8.Valid(header) {
		return fmt.Errorf("it is not text that begins with {")
	}
	return nil
}
