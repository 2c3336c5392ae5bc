package mem

import (
	"fmt"
	"os"
	"strings"
)

// Peak is the most memory that this process has had resident, in MB of 2²⁰ bytes; 0 where the
// system does not tell.
func Peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	var kB float64
	fmt.Sscanf(peak, "%f kB", &kB)
	return kB / 1024
}
