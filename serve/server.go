package serve

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Server returns a server of h at addr with timeouts and limits against slow, silent or
// excessive clients. A client has 5 s to send the header of a request, of at most 64 KiB,
// and 2 min until its next request. The limits of 30 s for a whole request and 60 s for
// its answer are for handlers that set no deadlines; that of [Handler] sets its own.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// Run serves the connections of l until ctx is done. Then it accepts no more connections,
// and waits at most the time grace for requests that have begun. It returns nil if all of
// them ended, and context.DeadlineExceeded if some were cut off. If l fails before ctx is
// done, Run closes all connections and returns that error. In any case no goroutine of the
// server is left.
func Run(ctx context.Context, s *http.Server, l net.Listener, grace time.Duration) error {
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	select {
	case err := <-served:
		_ = s.Close() // the listener's error is the one to tell
		return err
	case <-ctx.Done():
	}
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := s.Shutdown(rest)
	if err != nil {
		_ = s.Close() // the connections that outlived their grace
	}
	<-served
	return err
}
