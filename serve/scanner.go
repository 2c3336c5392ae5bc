package serve

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"unicode/utf8"
)

// A scanner reads a text that has been checked to be one JSON value. So it does not look
// for errors, and skips commas and colons before a value as it skips white space.
//
// encoding/json does not serve here: Unmarshal accepts repeated names, names in any case,
// and null for 0, and Decoder.Token takes more time than all the rest of a request.
type scanner struct {
	text []byte
	at   int
}

// newScanner checks that text is one JSON value and nothing else.
func newScanner(text []byte) (*scanner, error) {
	if !utf8.Valid(text) {
		return nil, fail(http.StatusBadRequest, "malformed JSON: not UTF-8")
	}
	if json.Valid(text) {
		return &scanner{text: text}, nil
	}
	var value json.RawMessage
	err := json.Unmarshal(text, &value)
	at := len(text)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		at = int(syntax.Offset)
	}
	return nil, fail(http.StatusBadRequest, "malformed JSON before byte %d: %v", at, err)
}

// peek returns the first byte of the next value, or the ] or } before it.
func (s *scanner) peek() byte {
	for {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			s.at++
		default:
			return c
		}
	}
}

// bracket passes over the bracket c, if it is next, and reports whether it was.
func (s *scanner) bracket(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// scalar passes over a text, a number, true, false or null, and returns it.
func (s *scanner) scalar() []byte {
	first, from := s.peek(), s.at
	s.at++
	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		switch {
		case first == '"' && c == '"':
			s.at++
			return s.text[from:s.at]
		case first == '"' && c == '\\':
			s.at++ // what follows is no end
		case first != '"' && endsScalar(c):
			return s.text[from:s.at]
		}
	}
	return s.text[from:]
}

func endsScalar(c byte) bool {
	switch c {
	case ',', ']', '}', ' ', '\t', '\r', '\n':
		return true
	}
	return false
}

// skip passes over a value of any kind.
func (s *scanner) skip() {
	for depth := 0; ; {
		switch s.peek() {
		case '[', '{':
			depth++
			s.at++
		case ']', '}':
			depth--
			s.at++
		default:
			s.scalar()
		}
		if depth == 0 {
			return
		}
	}
}

// name passes over a text and returns what it says.
func (s *scanner) name() string { return unquote(s.scalar()) }

// kind describes the next value, without passing over it.
func (s *scanner) kind() string {
	switch s.peek() {
	case '[':
		return "a list"
	case '{':
		return "an object"
	}
	ahead := *s
	v := ahead.scalar()
	if v[0] == '"' {
		return "the text " + strconv.Quote(clip(unquote(v)))
	}
	return clip(string(v))
}

// unquote returns what a JSON text says.
func unquote(quoted []byte) string {
	var text string
	// The error is nil, since the JSON has been checked.
	_ = json.Unmarshal(quoted, &text)
	return text
}
