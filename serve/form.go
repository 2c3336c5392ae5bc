package serve

import (
	"mime"
	"net/http"
	"strings"
)

// checkForm returns an error unless the headers say that the body is JSON in UTF-8, not
// compressed. It looks at every line of a header, and at every entry in a line.
// Compressed bodies are not supported: a small one could become large, and bodies within
// the usual limit gain nothing by it.
func checkForm(w http.ResponseWriter, header http.Header) error {
	contentType := strings.Join(header.Values("Content-Type"), ", ")
	t, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || t != "application/json" {
		w.Header().Set("Accept", "application/json")
		return fail(http.StatusUnsupportedMediaType, "want Content-Type: application/json, have %q", clip(contentType))
	}
	switch charset, given := parameters["charset"]; strings.ToLower(charset) {
	case "utf-8", "utf8", "us-ascii": // ASCII is UTF-8
	default:
		if given {
			w.Header().Set("Accept", "application/json; charset=utf-8")
			return fail(http.StatusUnsupportedMediaType, "want charset=utf-8, have %q", clip(charset))
		}
	}
	codings := strings.Join(header.Values("Content-Encoding"), ",")
	for coding := range strings.SplitSeq(codings, ",") {
		if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			w.Header().Set("Accept-Encoding", "identity")
			return fail(http.StatusUnsupportedMediaType, "want a plain body, have Content-Encoding: %s", clip(codings))
		}
	}
	return nil
}
