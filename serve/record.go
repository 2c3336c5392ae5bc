package serve

import (
	"log/slog"
	"net/http"
	"time"
)

// A Record is what there is to tell of a request that was answered.
type Record struct {
	Status   int           // of the answer
	Rows     int           // that were predicted
	Bytes    int           // of the answer's body
	Duration time.Duration // from the header of the request to the end of the answer
	Err      error         // why it was refused or failed, or did not reach the client; nil otherwise
}

// LogTo returns a function for [Options].Served that logs each request: one that
// was answered as an Info, one that was refused as a Warn, and one that failed
// here as an Error. What is quoted of the request has at most 60 bytes.
func LogTo(l *slog.Logger) func(*http.Request, Record) {
	return func(r *http.Request, record Record) {
		level := slog.LevelInfo
		switch {
		case record.Status >= http.StatusInternalServerError:
			level = slog.LevelError
		case record.Err != nil:
			level = slog.LevelWarn
		}
		attributes := []slog.Attr{
			slog.String("method", clip(r.Method)), slog.String("path", clip(r.URL.Path)), slog.String("client", r.RemoteAddr),
			slog.Int("status", record.Status), slog.Int("rows", record.Rows), slog.Int("bytes", record.Bytes),
			slog.Duration("duration", record.Duration),
		}
		if record.Err != nil {
			attributes = append(attributes, slog.Any("error", record.Err))
		}
		l.LogAttrs(r.Context(), level, "request", attributes...)
	}
}
