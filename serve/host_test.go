package serve

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// Which Host is answered depends on the address that the request came to.
func TestHosts(t *testing.T) {
	const loopback, loopback6, lan = "127.0.0.1", "::1", "192.168.1.5"
	for _, c := range []struct {
		local, host string
		hosts       []string
		want        bool
	}{
		{loopback, "localhost", nil, true},
		{loopback, "localhost:8080", nil, true},
		{loopback, "LocalHost.:8080", nil, true},
		{loopback, "127.0.0.1:8080", nil, true},
		{loopback, "127.7.7.7", nil, true},
		{loopback, "[::1]:8080", nil, true},
		{loopback, "[::1]", nil, true},
		{loopback, "[::ffff:127.0.0.1]:80", nil, true},
		{loopback, "", nil, true},
		{loopback6, "localhost", nil, true},
		{"::ffff:127.0.0.1", "localhost", nil, true},
		{"::ffff:127.0.0.1", "evil.example", nil, false},
		{loopback6, "evil.example", nil, false},
		{loopback, "evil.example", nil, false},
		{loopback, "evil.example:8080", nil, false},
		{loopback, "localhost.evil.example", nil, false},
		{loopback, "127.0.0.1.evil.example", nil, false},
		{loopback, "evil.example:127.0.0.1", nil, false},
		{loopback, "notlocalhost", nil, false},
		{loopback, "0.0.0.0:8080", nil, false},
		{loopback, "192.168.1.5", nil, false},
		{loopback, "[fe80::1%25lo]", nil, false},
		{loopback, "*", nil, false},

		{loopback, "model.example", []string{"model.example"}, true},
		{loopback, "MODEL.example.:443", []string{"model.EXAMPLE"}, true},
		{loopback, "model.example", []string{"other.example", "model.example:443"}, true},
		{loopback, "localhost", []string{"model.example"}, true},
		{loopback, "evil.example", []string{"model.example"}, false},
		{loopback, "a.model.example", []string{"model.example"}, false},
		{loopback, "evil.example", []string{"*"}, true},

		{lan, "anything.example", nil, true},
		{lan, "model.example", []string{"model.example"}, true},
		{lan, "192.168.1.5:8080", []string{"model.example"}, true},
		{lan, "evil.example", []string{"model.example"}, false},
		{lan, "localhost", []string{"model.example"}, false},
		{lan, "192.168.1.6", []string{"model.example"}, false},
		{"", "anything.example", nil, true}, // not by IP
		{"", "evil.example", []string{"model.example"}, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/model", nil)
		r.Host = c.host
		if c.local != "" {
			local := net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(c.local), 8080))
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
		}
		w := do(Handler(sum, Options{Hosts: c.hosts}), r)
		if got := w.Code == http.StatusOK; got != c.want {
			t.Errorf("host %q at %s, with %q: %d %s", c.host, c.local, c.hosts, w.Code, w.Body)
		}
	}
}

// A page of the web that has its name point here gets nothing, on any path and
// with any method, and its rows do not reach the model.
func TestRebinding(t *testing.T) {
	s := httptest.NewServer(Handler(untouchable(t), Options{}))
	defer s.Close()
	for _, request := range []string{
		"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"GET /model HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n",
		"GET http://evil.example/model HTTP/1.1\r\nHost: localhost\r\n\r\n", // the name in the target counts (RFC 9112, 3.2.2)
		"GET /nothing HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"POST /predict HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n" + `{"row":[1,2]}`,
	} {
		r, err := http.ReadResponse(bufio.NewReader(dial(t, s, request)), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, r.StatusCode, r.Header, body, http.StatusMisdirectedRequest, `host "evil.example" is not served here`)
	}
}
