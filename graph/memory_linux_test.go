package graph_test

import (
	"math"
	"os"
	"testing"
	"testing/fstest"

	"adjoint/graph"
)

// The limits of control groups, in files as cgroups(7) and proc(5) describe them.
func TestGroupLimit(t *testing.T) {
	const (
		v2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
		v1 = "31 23 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n32 23 0:28 / /sys/fs/cgroup/memory rw shared:1 - cgroup cgroup rw,memory\n"
		// a container that sees its own part of the tree only
		inner = "32 23 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
		none  = math.MaxUint64
	)
	for name, c := range map[string]struct {
		groups, mounts string
		limits         map[string]string
		want           uint64
	}{
		"none":         {"", "", nil, none},
		"v2":           {"0::/a/b\n", v2, map[string]string{"a/b/memory.max": "5000\n"}, 5000},
		"v2 above":     {"0::/a/b\n", v2, map[string]string{"a/b/memory.max": "5000\n", "a/memory.max": "300\n", "memory.max": "max\n"}, 300},
		"v2 at root":   {"0::/a/b\n", v2, map[string]string{"memory.max": "200\n"}, 200},
		"v2 max":       {"0::/a\n", v2, map[string]string{"a/memory.max": "max\n"}, none},
		"v2 elsewhere": {"0::/a\n", v2, map[string]string{"ab/memory.max": "7\n", "b/memory.max": "7\n"}, none},
		"v1":           {"4:memory:/a\n3:cpu,cpuacct:/b\n", v1, map[string]string{"memory/a/memory.limit_in_bytes": "900\n"}, 900},
		"v1 above":     {"4:memory:/a/b\n", v1, map[string]string{"memory/a/b/memory.limit_in_bytes": "9223372036854771712\n", "memory/a/memory.limit_in_bytes": "70\n"}, 70},
		"v1 not cpu":   {"4:cpu:/a\n", v1, map[string]string{"cpu/a/memory.limit_in_bytes": "7\n"}, none},
		"v1 inner":     {"4:memory:/docker/abc\n", inner, map[string]string{"memory/memory.limit_in_bytes": "800\n"}, 800},
		"v1 below":     {"4:memory:/docker/abc/x\n", inner, map[string]string{"memory/x/memory.limit_in_bytes": "60\n", "memory/memory.limit_in_bytes": "800\n"}, 60},
		"both":         {"4:memory:/a\n0::/b\n", v1 + v2, map[string]string{"memory/a/memory.limit_in_bytes": "50\n", "b/memory.max": "40\n"}, 40},
		"garbage":      {"x\n::\n4:memory\n0::/a\n", "1 2 3\n- - -\n" + v2, map[string]string{"a/memory.max": "-1\n", "memory.max": "12 13"}, none},
	} {
		files := fstest.MapFS{
			"proc/self/cgroup":    {Data: []byte(c.groups)},
			"proc/self/mountinfo": {Data: []byte(c.mounts)},
		}
		for path, limit := range c.limits {
			files["sys/fs/cgroup/"+path] = &fstest.MapFile{Data: []byte(limit)}
		}
		if got := graph.GroupLimit(files); got != c.want {
			t.Errorf("%s: %d, should be %d", name, got, c.want)
		}
	}
}

// Of what a resource limit leaves, a quarter is for what is not ours: columns of /proc/self/statm are pages.
func TestResourceLimit(t *testing.T) {
	page := uint64(os.Getpagesize())
	files := fstest.MapFS{"proc/self/statm": {Data: []byte("100 20 3 4 0 60 0\n")}}
	for _, c := range []struct {
		files       fstest.MapFS
		limit, want uint64
	}{
		{files, 300 * page, 150 * page},
		{files, 100 * page, 0},
		{files, 50 * page, 0},
		{files, math.MaxUint64, math.MaxUint64}, // no limit
		{fstest.MapFS{}, 300 * page, 225 * page},
	} {
		if got := graph.LimitLeft(c.files, c.limit); got != c.want {
			t.Errorf("of %d: %d, should be %d", c.limit, got, c.want)
		}
	}
}
