package serve

import (
	"mime"
	"net/http"
	"strings"
)

// checkForm refuses a body that is not JSON in UTF-8 as it is. It looks at every
// line of a header, and at every entry in a line. There is no decompression: a
// body of the usual limit gains nothing by it, and a small one can become large.
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
