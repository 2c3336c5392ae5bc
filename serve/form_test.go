package serve

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Every line and every entry of the headers that say how a body is to be read is
// looked at. What they mean is RFC 9110, sections 8.3 and 8.4.
func TestForms(t *testing.T) {
	plain := []string{"application/json"}
	for _, c := range []struct {
		types, codings []string
		want           string // in the refusal; "" is none
		header         string // of the refusal, that says what is wanted
	}{
		{plain, nil, "", ""},
		{[]string{"application/json; charset=UTF-8"}, nil, "", ""},
		{[]string{`application/json; charset="utf-8"`}, nil, "", ""},
		{[]string{"application/json; charset=utf8"}, nil, "", ""},
		{[]string{"application/json; charset=us-ascii"}, nil, "", ""},
		{[]string{"application/json; profile=x"}, nil, "", ""},
		{plain, []string{""}, "", ""},
		{plain, []string{"identity"}, "", ""},
		{plain, []string{"Identity, identity", "identity"}, "", ""},

		{[]string{"application/json; charset=latin1"}, nil, `want charset=utf-8, have "latin1"`, "Accept"},
		{[]string{"application/json; charset=UTF-16LE"}, nil, `have "UTF-16LE"`, "Accept"},
		{[]string{"application/json;charset=utf-16"}, nil, `have "utf-16"`, "Accept"},
		{[]string{`application/json; charset=""`}, nil, `have ""`, "Accept"},
		{[]string{"application/json; charset=utf-8; charset=utf-16"}, nil, "want Content-Type", "Accept"},
		{[]string{"application/json", "text/plain"}, nil, `have "application/json, text/plain"`, "Accept"},
		{[]string{"application/json", "application/json"}, nil, "want Content-Type", "Accept"},
		{[]string{"application/json, text/plain"}, nil, "want Content-Type", "Accept"},
		{nil, nil, `have ""`, "Accept"},
		{plain, []string{"gzip"}, "Content-Encoding: gzip", "Accept-Encoding"},
		{plain, []string{"X-GZIP"}, "Content-Encoding: X-GZIP", "Accept-Encoding"},
		{plain, []string{"br"}, "Content-Encoding: br", "Accept-Encoding"},
		{plain, []string{"identity", "gzip"}, "Content-Encoding: identity,gzip", "Accept-Encoding"},
		{plain, []string{"identity, deflate"}, "Content-Encoding: identity, deflate", "Accept-Encoding"},
		{plain, []string{"", "zstd"}, "Content-Encoding: ,zstd", "Accept-Encoding"},
		{plain, []string{"utf-8"}, "Content-Encoding: utf-8", "Accept-Encoding"},
	} {
		m := sum
		if c.want != "" {
			m = untouchable(t).(toy)
		}
		r := httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(`{"row":[1,2]}`))
		r.Header["Content-Type"], r.Header["Content-Encoding"] = c.types, c.codings
		w := do(Handler(m, Options{}), r)
		if c.want == "" {
			if w.Code != http.StatusOK {
				t.Errorf("%q %q: %d %s", c.types, c.codings, w.Code, w.Body)
			}
			continue
		}
		wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusUnsupportedMediaType, c.want)
		for _, header := range []string{"Accept", "Accept-Encoding"} {
			if (w.Header().Get(header) != "") != (header == c.header) {
				t.Errorf("%q %q: %s: %q", c.types, c.codings, header, w.Header().Get(header))
			}
		}
	}
}
