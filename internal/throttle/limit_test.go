package throttle_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/throttle"
)

func TestParseLimit(t *testing.T) {
	for _, test := range []struct {
		text string
		want throttle.Limit
		ok   bool
	}{
		{"", throttle.Limit{}, true},
		{"500/100", throttle.Limit{PerMinute: 500, Burst: 100}, true},
		{"1/1", throttle.Limit{PerMinute: 1, Burst: 1}, true},
		{"1000000/1000000", throttle.Limit{PerMinute: 1_000_000, Burst: 1_000_000}, true},
		{"500", throttle.Limit{}, false},
		{"500/", throttle.Limit{}, false},
		{"/", throttle.Limit{}, false},
		{"0/0", throttle.Limit{}, false},
		{"0/100", throttle.Limit{}, false},
		{"100/0", throttle.Limit{}, false},
		{"-1/100", throttle.Limit{}, false},
		{"+1/100", throttle.Limit{}, false},
		{"1.5/100", throttle.Limit{}, false},
		{"500 / 100", throttle.Limit{}, false},
		{"500/100/1", throttle.Limit{}, false},
		{"1000001/1", throttle.Limit{}, false},
		{"1/99999999999999999999", throttle.Limit{}, false},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := throttle.ParseLimit(test.text)
			if got != test.want || (err == nil) != test.ok {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
			if err != nil && !strings.Contains(err.Error(), "for example 500/100") {
				t.Errorf("got %q, want an example in it", err)
			}
		})
	}
}

// FuzzParseLimit holds that what is taken means what it says, and never makes anybody wait for less than nothing.
func FuzzParseLimit(f *testing.F) {
	for _, text := range []string{"", "500/100", "1/1000000", "1000000/1", "0/1", "1/", "1/1/1", "01/1", "\u0661/1", "1e3/1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		limit, err := throttle.ParseLimit(text)
		if err != nil || limit == (throttle.Limit{}) {
			if limit != (throttle.Limit{}) || err == nil && text != "" {
				t.Errorf("%q: got %+v, %v", text, limit, err)
			}
			return
		}
		if again, err := throttle.ParseLimit(fmt.Sprintf("%d/%d", limit.PerMinute, limit.Burst)); again != limit || err != nil {
			t.Errorf("got %+v, %v, want %+v", again, err, limit)
		}
		buckets := &throttle.Buckets[string]{Limit: limit, Now: newClock().Now}
		for range 3 {
			if wait, ok := buckets.Take("", limit.Burst); wait <= 0 || wait > 2*1_000_000*time.Minute {
				t.Errorf("got %v, %v, want a wait that fits the limit", wait, ok)
			}
		}
	})
}
