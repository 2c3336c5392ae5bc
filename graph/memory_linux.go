package graph

import (
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// processLimit is the memory that this process may have: the least of what an int
// counts, of that of the machine, of the limits of its control groups, and of what its
// resource limits left of the address space and the data segment when somebody asked first.
var processLimit = sync.OnceValue(func() uint64 {
	files, limit := os.DirFS("/"), uint64(math.MaxInt)
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		limit = min(limit, uint64(info.Totalram)*uint64(info.Unit))
	}
	limit = min(limit, groupLimit(files))
	for resource, column := range map[int]int{unix.RLIMIT_AS: statmSize, unix.RLIMIT_DATA: statmData} {
		var r unix.Rlimit
		if unix.Getrlimit(resource, &r) == nil {
			limit = min(limit, left(r.Cur, inUse(files, column)))
		}
	}
	return limit
})

// The columns of /proc/self/statm: pages of the address space, and of it those that
// count as data.
const statmSize, statmData = 0, 5

// inUse returns a column of /proc/self/statm in bytes, or 0.
func inUse(files fs.FS, column int) uint64 {
	fields := strings.Fields(read(files, "proc/self/statm"))
	if column >= len(fields) {
		return 0
	}
	pages, err := strconv.ParseUint(fields[column], 10, 64)
	if err != nil {
		return 0
	}
	return product(pages, uint64(os.Getpagesize()))
}

// left returns three quarters of what a resource limit leaves: Go takes address space
// in arenas of 64 MB, and gives none back.
func left(limit, used uint64) uint64 {
	if limit == unix.RLIM_INFINITY {
		return limit
	}
	return (limit - min(limit, used)) / 4 * 3
}

// groupLimit returns the least memory limit of the control groups that this process is
// in and of those above them, of either version, or the largest uint64. The files are
// described in cgroups(7) and proc(5).
func groupLimit(files fs.FS) uint64 {
	limit := uint64(math.MaxUint64)
	groups := memoryGroups(files)
	for line := range strings.Lines(read(files, "proc/self/mountinfo")) {
		mount, file := strings.Fields(line), "memory.max"
		end := slices.Index(mount, "-")
		if end < 5 || len(mount) < end+4 {
			continue
		}
		group, ok := groups[mount[end+1]]
		switch {
		case !ok:
			continue
		case mount[end+1] == "cgroup" && !slices.Contains(strings.Split(mount[end+3], ","), "memory"):
			continue
		case mount[end+1] == "cgroup":
			file = "memory.limit_in_bytes"
		}
		root, point := mount[3], path.Clean("/"+mount[4])
		below := strings.TrimPrefix(group, strings.TrimSuffix(root, "/"))
		for dir := path.Join(point, path.Clean("/"+below)); ; dir = path.Dir(dir) {
			bytes, err := strconv.ParseUint(strings.TrimSpace(read(files, path.Join(dir, file)[1:])), 10, 64)
			if err == nil { // "max" is none
				limit = min(limit, bytes)
			}
			if len(dir) <= len(point) {
				break
			}
		}
	}
	return limit
}

// memoryGroups returns the path of the memory group of this process in each kind of
// hierarchy, by the type of its file system.
func memoryGroups(files fs.FS) map[string]string {
	groups := map[string]string{}
	for line := range strings.Lines(read(files, "proc/self/cgroup")) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, ok := strings.Cut(rest, ":")
		switch {
		case !ok:
		case id == "0" && controllers == "":
			groups["cgroup2"] = group
		case slices.Contains(strings.Split(controllers, ","), "memory"):
			groups["cgroup"] = group
		}
	}
	return groups
}

// read returns the text of a file, or "".
func read(files fs.FS, name string) string {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return ""
	}
	return string(b)
}
