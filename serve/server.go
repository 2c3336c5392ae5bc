package serve

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Server returns a server of h at addr that a client cannot keep busy by being
// slow, silent or long-winded. It gives 5 s to send the header of a request, of at
// most 64 KiB, and 2 min to begin the next one. The 30 s for a whole request and
// 60 s for its answer are for handlers without times of their own, which that of
// [Handler] has.
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

// Run serves the connections of l until ctx is done. Then it takes no more of
// them, and requests that have begun have the time grace to end. It returns nil if
// they did and context.DeadlineExceeded if some were cut; if l fails before, it
// cuts all and returns that error. Either way it leaves no goroutine of the server
// behind.
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
