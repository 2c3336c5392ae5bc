package serve

import (
	"log/slog"
	"net/http"
	"time"
)

// A Record describes a request that has been answered, for a log.
type Record struct {
	Status   int           // of the answer
	Rows     int           // that were predicted
	Bytes    int           // of the answer's body
	Duration time.Duration // from the header of the request to the end of the answer
	Err      error         // why the request was refused or failed, or the answer could not be written; else nil
}

// LogTo returns a function for [Options].Served that logs each request: as an Info if it
// succeeded, as a Warn if it was refused, and as an Error if the server failed. Method and
// path are cut to 60 bytes.
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
