package main

import (
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const text = "4242 (odd) name) S 1 2 3 0 -1 4194560 100 200 0 0 150 25 7 8 20 0 9 0 12345 1000 200 18446744073709551615\n"
	got, err := parseStat([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if want := 1750 * time.Millisecond; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := parseStat([]byte("4242 (x) S 1 2")); err == nil {
		t.Error("got no error for a line that is too short")
	}
}

func TestParseBusy(t *testing.T) {
	const text = "cpu  100 20 30 4000 500 6 7 8 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n"
	got, err := parseBusy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if want := 1710 * time.Millisecond; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := parseBusy([]byte("intr 1 2 3")); err == nil {
		t.Error("got no error for another line")
	}
}

func TestParseStatus(t *testing.T) {
	const text = "Name:\ttenantry\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\nRssAnon:\t    5120 kB\n"
	for _, tt := range []struct {
		kind string
		want int64
	}{
		{ownMemory, 5120 << 10},
		{residentNow, 10240 << 10},
		{residentPeak, 20480 << 10},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			got, err := parseStatus([]byte(text), tt.kind)
			if err != nil || got != tt.want {
				t.Errorf("got %d, %v; want %d", got, err, tt.want)
			}
		})
	}
	if _, err := parseStatus([]byte("Name:\tx\n"), residentNow); err == nil {
		t.Error("got no error for a missing line")
	}
}

func TestFileSystem(t *testing.T) {
	const mounts = "rootfs / rootfs rw 0 0\n/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tmp/disk xfs rw 0 0\n"
	for _, tt := range []struct{ path, want string }{
		{"/", "ext4"},
		{"/var/tmp", "ext4"},
		{"/tmp", "tmpfs"},
		{"/tmp/disks", "tmpfs"},
		{"/tmp/disk/store", "xfs"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			if got := fileSystem(mounts, tt.path); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOutput(t *testing.T) {
	o := &output{found: make(chan string, 1)}
	for _, piece := range []string{"starting\nserving on http://127.0.0.1:12", "345 now\nhttp://127.0.0.1:1\n"} {
		if _, err := o.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := <-o.found, "127.0.0.1:12345"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
