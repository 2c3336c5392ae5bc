package proto

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

func readValue(m []byte) (v Value, err error) {
	err = each(m, func(f field) error {
		switch f.number {
		case 1:
			v.Name = Name(f.text())
		case 2:
			return inside(f, 1, func(f field) error { return readType(f, &v) })
		}
		return nil
	})
	if err == nil && v.Name == "" {
		err = errors.New("an input or output without a name")
	}
	return v, err
}

// inside calls do for the fields of a message in a field of a message.
func inside(f field, number protowire.Number, do func(f field) error) error {
	return each(f.bytes, func(f field) error {
		if f.number != number {
			return nil
		}
		return each(f.bytes, do)
	})
}

// readType reads a field of a TypeProto.Tensor.
func readType(f field, v *Value) error {
	switch f.number {
	case 1:
		v.Element = Element(f.integer)
	case 2:
		v.Shaped = true
		return each(f.bytes, func(f field) error {
			if f.number != 1 {
				return nil
			}
			d := Dim{}
			err := each(f.bytes, func(f field) error {
				switch f.number {
				case 1:
					d.Size, d.Known = Int(int64(f.integer)), int64(f.integer) >= 0
				case 2:
					d.Name = f.text()
				}
				return nil
			})
			v.Dims = append(v.Dims, d)
			return err
		})
	}
	return nil
}
