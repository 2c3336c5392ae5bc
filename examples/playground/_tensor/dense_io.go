package tensor

import (
	"errors"
	"io"
)

var errNoFiles = errors.New("this program reads and writes no tensors")

func (t *Dense) GobEncode() ([]byte, error) { return nil, errNoFiles }
func (t *Dense) GobDecode([]byte) error     { return errNoFiles }
func (t *Dense) WriteNpy(io.Writer) error   { return errNoFiles }
func (t *Dense) ReadNpy(io.Reader) error    { return errNoFiles }
