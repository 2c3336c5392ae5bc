package serve

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// anyHost is the entry of Options.Hosts that stands for every name.
const anyHost = "*"

// checkHost returns an error for a request to a host that is not served here. The owner
// of a web page may let its name point to the loopback address or into a private network
// (DNS rebinding). A browser that shows the page then sends its requests here, and lets
// the page read the answers. Such requests have the name of the page as their Host.
func (h *handler) checkHost(r *http.Request) error {
	hosts := h.options.Hosts
	local := localAddress(r)
	if len(hosts) == 0 && !local.IsLoopback() || slices.Contains(hosts, anyHost) {
		return nil
	}
	name := hostName(r.Host)
	address, err := netip.ParseAddr(name)
	address = address.Unmap()
	switch {
	case name == "": // of HTTP/1.0; no browser sends that
	case err == nil && address.WithZone("") == local:
	case local.IsLoopback() && (name == "localhost" || address.IsLoopback()):
	case slices.ContainsFunc(hosts, func(host string) bool { return hostName(host) == name }):
	default:
		return fail(http.StatusMisdirectedRequest, "host %q is not served here; want localhost, or a name in Options.Hosts", clip(name))
	}
	return nil
}

// localAddress returns the IP address that a request came to, or the zero Addr if it did
// not come by IP.
func localAddress(r *http.Request) netip.Addr {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// hostName returns the name or the address in a Host header, without its port: in
// lower case, without brackets and without the dot at the end of a full name.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
