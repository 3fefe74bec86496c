package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc: USER_HZ is 100 wherever Go runs.
const tick = 10 * time.Millisecond

// cpuTime returns the processor time that a process has spent so far, in user and kernel mode.
func cpuTime(pid int) (time.Duration, error) {
	b, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return 0, err
	}
	return parseStat(b)
}

// busyTime returns the processor time that the whole machine has spent so far, with what its host has taken from it.
func busyTime() (time.Duration, error) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	return parseBusy(b)
}

// parseBusy reads the first line of proc_stat(5): all but idle and iowait, and but the guests, who are in user and
// nice already.
func parseBusy(b []byte) (time.Duration, error) {
	line, _, _ := strings.Cut(string(b), "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, fmt.Errorf("not the machine's processor times: %q", line)
	}
	var busy time.Duration
	for i, field := range fields[1:9] {
		if i == 3 || i == 4 {
			continue
		}
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		busy += time.Duration(n) * tick
	}
	return busy, nil
}

// The kinds of memory of a process, in proc_pid_status(5). Resident memory counts the pages of a mapped file, too, once
// for each mapping; they are the system's page cache, which it takes back when it likes. Own memory does not.
const (
	ownMemory    = "RssAnon"
	residentNow  = "VmRSS"
	residentPeak = "VmHWM" // since the last resetPeak
)

// memory returns the bytes of the kind asked for.
func memory(pid int, kind string) (int64, error) {
	b, err := os.ReadFile(procFile(pid, "status"))
	if err != nil {
		return 0, err
	}
	return parseStatus(b, kind)
}

// resetPeak makes the resident peak start anew. Where the kernel does not allow that, the peak remains that of the
// whole life of the process.
func resetPeak(pid int) {
	_ = os.WriteFile(procFile(pid, "clear_refs"), []byte("5"), 0)
}

func procFile(pid int, name string) string {
	return fmt.Sprintf("/proc/%d/%s", pid, name)
}

// parseStat reads utime and stime, fields 14 and 15 of proc_pid_stat(5). The second field is the name of the
// program in parentheses and may hold anything, so the count starts after the last one.
func parseStat(b []byte) (time.Duration, error) {
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("not a process status: %q", b)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, err
	}
	return time.Duration(user+system) * tick, nil
}

// parseStatus reads a line like "VmRSS:     5412 kB" of proc_pid_status(5), in bytes.
func parseStatus(b []byte, name string) (int64, error) {
	for line := range strings.Lines(string(b)) {
		value, ok := strings.CutPrefix(line, name+":")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		return n << 10, nil
	}
	return 0, fmt.Errorf("no %s in the process status", name)
}
