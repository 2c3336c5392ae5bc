package data

import "errors"

// The sentinels that the errors of this package wrap.
var (
	ErrFormat    = errors.New("not CSV as expected")        // another kind of file, encoding or delimiter
	ErrSyntax    = errors.New("malformed CSV")              // a stray quote
	ErrLimit     = errors.New("beyond a limit")             // a row or a field of a size that no table has
	ErrName      = errors.New("bad name")                   // of two features or classes, or not UTF-8
	ErrHeader    = errors.New("is this a header?")          // the first record may be names or numbers
	ErrEmpty     = errors.New("no examples")                // an empty file, or no row left
	ErrRagged    = errors.New("rows of different widths")   // too few or too many fields in a row
	ErrColumn    = errors.New("no such column")             // an unknown or ambiguous column
	ErrNumber    = errors.New("not a number")               // text where a number should be
	ErrMissing   = errors.New("missing value")              // an empty field, NA, ?
	ErrNotFinite = errors.New("not finite")                 // NaN, or beyond the range of floats
	ErrLabel     = errors.New("bad label")                  // outside the classes, or of an unclear kind
	ErrOneClass  = errors.New("fewer than two classes")     // nothing to tell apart
	ErrLength    = errors.New("lengths do not agree")       // X and y of different lengths
	ErrFeatures  = errors.New("features do not agree")      // not the features of the training data
	ErrRow       = errors.New("no such row")                // a row index out of range
	ErrSplit     = errors.New("impossible split")           // a part would be empty, or lack a class
	ErrBatchSize = errors.New("batch size is not positive") // a batch of no examples
	ErrSparse    = errors.New("rows are sparse")            // where zeros have to be written out
	ErrArgument  = errors.New("impossible argument")        // an option or an argument out of its range
)
