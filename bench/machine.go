package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// machine is what the numbers depend on, without anything that would name it.
type machine struct {
	cpu        string
	cores      int
	memory     int64
	kernel     string
	goVersion  string
	fileSystem string
	sync       time.Duration // median of a small append and fdatasync
}

// inspect describes this machine and the disk that dir is on.
func inspect(dir string) (machine, error) {
	m := machine{
		cpu:       "unknown",
		cores:     runtime.NumCPU(),
		goVersion: strings.TrimPrefix(runtime.Version(), "go"),
	}
	cpuinfo, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m, fmt.Errorf("this bench needs Linux: %w", err)
	}
	for line := range strings.Lines(string(cpuinfo)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.cpu = strings.TrimSpace(value)
			break
		}
	}
	meminfo, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return m, err
	}
	if m.memory, err = parseStatus(meminfo, "MemTotal"); err != nil {
		return m, err
	}
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return m, err
	}
	// What follows the number names the distribution or the host's owner.
	m.kernel, _, _ = strings.Cut(strings.TrimSpace(string(kernel)), "-")

	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return m, err
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return m, err
	}
	m.fileSystem = fileSystem(string(mounts), real)
	m.sync, err = probeSync(dir)
	return m, err
}

// fileSystem returns the type of the file system of an absolute path: that of the longest mount point that
// holds it, and of the last one mounted there.
func fileSystem(mounts, path string) string {
	var longest, kind string
	for line := range strings.Lines(mounts) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		point := fields[1]
		inside := path == point || strings.HasPrefix(path, strings.TrimSuffix(point, "/")+"/")
		if inside && len(point) >= len(longest) {
			longest, kind = point, fields[2]
		}
	}
	return kind
}

// probeSync returns the median time of a small append made durable: what a server that commits alone would
// pay for each customer.
func probeSync(dir string) (time.Duration, error) {
	f, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()

	times := make([]time.Duration, 200)
	block := make([]byte, 4096)
	for i := range times {
		start := time.Now()
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := syncData(f); err != nil {
			return 0, err
		}
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	return quantile(times, 0.5), nil
}
