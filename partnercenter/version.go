package partnercenter

import (
	"regexp"
	"runtime/debug"
	"strings"
)

// moduleName is what the User-Agent and traces call this package.
const moduleName = "partnercenter"

// modulePath is the module of this package.
const modulePath = "github.com/tenantry/tenantry"

// moduleVersion is the version of this module in the running program, for the User-Agent.
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionIn(info)
}

// versionIn is the version of this module as azcore accepts it: vX.Y.Z, perhaps with a suffix, and no build metadata.
func versionIn(info *debug.BuildInfo) string {
	version := ""
	for _, module := range append(info.Deps, &info.Main) {
		if module.Path == modulePath {
			version, _, _ = strings.Cut(module.Version, "+")
		}
	}
	if !regexp.MustCompile(`^v\d+\.\d+\.\d+(-[\w.-]+)?$`).MatchString(version) {
		return "v0.0.0" // built from a working copy
	}
	return version
}
