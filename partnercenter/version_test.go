package partnercenter

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	dep := func(path, version string) []*debug.Module {
		return []*debug.Module{{Path: "a"}, {Path: path, Version: version}}
	}
	for _, test := range []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"nothing known", debug.BuildInfo{}, "v0.0.0"},
		{"a program of ours", debug.BuildInfo{Main: debug.Module{Path: modulePath, Version: "v1.2.3"}}, "v1.2.3"},
		{"working copy", debug.BuildInfo{Main: debug.Module{Path: modulePath, Version: "(devel)"}}, "v0.0.0"},
		{
			"changed working copy",
			debug.BuildInfo{Main: debug.Module{Path: modulePath, Version: "v0.0.0-20260102030405-0123456789ab+dirty"}},
			"v0.0.0-20260102030405-0123456789ab",
		},
		{
			"a program of others",
			debug.BuildInfo{Main: debug.Module{Path: "b", Version: "v9.9.9"}, Deps: dep(modulePath, "v1.2.3-rc.1")},
			"v1.2.3-rc.1",
		},
		{"some other module", debug.BuildInfo{Deps: dep("c", "v1.2.3")}, "v0.0.0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := versionIn(&test.info); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
