package serve

import (
	"mime"
	"net/http"
	"slices"
	"strings"
)

const jsonType = "application/json"

// checkForm returns the type of the body, and an error unless the headers say that it is one of types, JSON in
// UTF-8, and not compressed. It looks at every line of a header, and at every entry in a line.
// Compressed bodies are not supported: a small one could become large, and bodies within
// the usual limit gain nothing by it.
func checkForm(w http.ResponseWriter, header http.Header, types []string) (string, error) {
	contentType := strings.Join(header.Values("Content-Type"), ", ")
	t, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || !slices.Contains(types, t) {
		w.Header().Set("Accept", strings.Join(types, ", "))
		return "", fail(http.StatusUnsupportedMediaType, "want Content-Type: %s, have %q", strings.Join(types, " or "), clip(contentType))
	}
	switch charset, given := parameters["charset"]; strings.ToLower(charset) {
	case "utf-8", "utf8", "us-ascii": // ASCII is UTF-8
	default:
		if given {
			w.Header().Set("Accept", "application/json; charset=utf-8")
			return "", fail(http.StatusUnsupportedMediaType, "want charset=utf-8, have %q", clip(charset))
		}
	}
	codings := strings.Join(header.Values("Content-Encoding"), ",")
	for coding := range strings.SplitSeq(codings, ",") {
		if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			w.Header().Set("Accept-Encoding", "identity")
			return "", fail(http.StatusUnsupportedMediaType, "want a plain body, have Content-Encoding: %s", clip(codings))
		}
	}
	return t, nil
}
