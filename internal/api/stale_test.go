package api

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestMaxStale(t *testing.T) {
	for _, test := range []struct {
		values string // separated by newlines
		most   time.Duration
		ok     bool
	}{
		{"", 0, false},
		{"max-stale=10", 10 * time.Second, true},
		{`private, MAX-Stale="10" , max-age=0`, 10 * time.Second, true},
		{"max-stale=0", 0, true},
		{"max-stale", math.MaxInt64, true},
		{"max-stale, max-stale=30", 30 * time.Second, true},
		{"max-stale=30\nmax-stale=20", 20 * time.Second, true},
		{"max-stale=30, no-cache", 0, false},
		{"no-store\nmax-stale=30", 0, false},
		{"max-stale=", 0, false},
		{"max-stale=-1", 0, false},
		{"max-stale=ten", 0, false},
		{"max-stale=99999999999999999999", 0, false},
		{"max-stales=10", 0, false},
		{"max-age=10", 0, false},
	} {
		var values []string
		if test.values != "" {
			values = strings.Split(test.values, "\n")
		}
		if most, ok := maxStale(values); ok != test.ok || ok && most != test.most {
			t.Errorf("%q: got %v, %v, want %v, %v", test.values, most, ok, test.most, test.ok)
		}
	}
}

// FuzzMaxStale holds that no header lets an answer be stale that does not say so, and none by less than nothing.
func FuzzMaxStale(f *testing.F) {
	f.Add("max-stale=10, no-cache")
	f.Add(`Max-Stale="2147483647",`)
	f.Fuzz(func(t *testing.T, value string) {
		most, ok := maxStale([]string{value})
		if ok && (most < 0 || !strings.Contains(strings.ToLower(value), "max-stale")) {
			t.Errorf("%q: got %v", value, most)
		}
	})
}

// TestMayBeStale holds that nothing is read from a copy but customers and records.
func TestMayBeStale(t *testing.T) {
	stale := 0
	for _, route := range routes {
		if !route.mayBeStale() {
			continue
		}
		stale++
		if route.method != "GET" || !strings.Contains(route.pattern, "/customers") && !strings.Contains(route.pattern, "/auditrecords") {
			t.Errorf("%s %s may be stale", route.method, route.pattern)
		}
	}
	if stale < 20 {
		t.Errorf("%d operations may be stale, want the reads of customers", stale)
	}
}
