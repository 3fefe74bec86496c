package csp_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/csp"
)

// sometime is a time that an id can hold: 48 bits of milliseconds since 1970.
func sometime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(0, rapid.Int64Min(0).Draw(t, "nanoseconds"))
	})
}

func someID() *rapid.Generator[csp.ID] {
	return rapid.Custom(func(t *rapid.T) csp.ID {
		return csp.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
	})
}

// TestIDsRise holds whatever the clock does: it stands, runs back, jumps.
func TestIDsRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := rapid.SliceOfN(sometime(), 1, 50).Draw(t, "clock")
		tick := 0
		ids := &csp.IDs{Now: func() time.Time { tick++; return clock[(tick-1)%len(clock)] }}
		last := csp.ID{}
		for i := range 2 * len(clock) {
			id := ids.New()
			if id.Order() <= last.Order() {
				t.Fatalf("order %d: got %x, want more than %x", i, id.Order(), last.Order())
			}
			if id.String() <= last.String() {
				t.Fatalf("text %d: got %s, want more than %s", i, id, last)
			}
			if at := csp.OrderAt(clock[i%len(clock)]); id.Order() < at {
				t.Fatalf("order %d: got %x, want %x or more, the order of its time", i, id.Order(), at)
			}
			if id[6]>>4 != 7 || id[8]>>6 != 0b10 {
				t.Fatalf("id %s: got version %d and variant %02b, want 7 and 10", id, id[6]>>4, id[8]>>6)
			}
			last = id
		}
	})
}

func TestIDsBefore1970(t *testing.T) {
	ids := &csp.IDs{Now: func() time.Time { return time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC) }}
	first, second := ids.New(), ids.New()
	if first.Order() != 1 || second.Order() != 2 {
		t.Errorf("orders: got %d and %d, want 1 and 2", first.Order(), second.Order())
	}
}

func TestIDsAtOnce(t *testing.T) {
	const callers, each = 16, 500
	ids := &csp.IDs{Now: func() time.Time { return time.Unix(1_700_000_000, 0) }}
	made := make([][]csp.ID, callers)
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() {
			for range each {
				made[i] = append(made[i], ids.New())
			}
		})
	}
	group.Wait()
	seen := map[int64]bool{}
	for _, mine := range made {
		last := int64(0)
		for _, id := range mine {
			if seen[id.Order()] {
				t.Fatalf("order %x was given twice", id.Order())
			}
			if id.Order() <= last {
				t.Fatalf("order: got %x, want more than %x", id.Order(), last)
			}
			seen[id.Order()], last = true, id.Order()
		}
	}
}

// TestIDsSeeded holds that a seeded start gives the same ids on every run.
func TestIDsSeeded(t *testing.T) {
	ids := &csp.IDs{
		Now:  func() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) },
		Rand: bytes.NewReader(bytes.Repeat([]byte{0xff}, 16)),
	}
	for _, want := range []string{"019b8d62-7a80-7000-bfff-ffffffffffff", "019b8d62-7a80-7001-bfff-ffffffffffff"} {
		if got := ids.New().String(); got != want {
			t.Errorf("id: got %s, want %s", got, want)
		}
	}
}

// TestNoRandomness: an id that can be foretold is worse than none.
func TestNoRandomness(t *testing.T) {
	ids := &csp.IDs{Rand: iotest.ErrReader(errors.New("no more"))}
	defer func() {
		if got := recover(); got != "csp: no randomness: no more" {
			t.Errorf("panic: got %v, want csp: no randomness: no more", got)
		}
		ids.Rand = nil
		ids.New() // the lock is free again
	}()
	ids.New()
}

func TestOrderAtRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := sometime().Draw(t, "a"), sometime().Draw(t, "b")
		if a.After(b) {
			a, b = b, a
		}
		if csp.OrderAt(a) > csp.OrderAt(b) {
			t.Fatalf("order: got %x at %v, which is more than %x at %v", csp.OrderAt(a), a, csp.OrderAt(b), b)
		}
		if a.Add(time.Microsecond).Before(b) && csp.OrderAt(a) == csp.OrderAt(b) {
			t.Fatalf("order: got %x both at %v and at %v", csp.OrderAt(a), a, b)
		}
	})
}

func TestParseID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := someID().Draw(t, "id")
		for _, text := range []string{want.String(), strings.ToUpper(want.String())} {
			if got, err := csp.ParseID(text); got != want || err != nil {
				t.Fatalf("ParseID(%s): got %s, %v, want %s", text, got, err, want)
			}
		}
		if want.IsZero() != (want.String() == "00000000-0000-0000-0000-000000000000") {
			t.Fatalf("IsZero of %s: got %t", want, want.IsZero())
		}
	})
}

func TestParseIDRefuses(t *testing.T) {
	const guid = "dfd8cc0a-c592-468c-8461-869a38d24738"
	for _, test := range []struct{ name, in string }{
		{"empty", ""},
		{"blank in front", " " + guid},
		{"blank behind", guid + " "},
		{"newline behind", guid + "\n"},
		{"braces", "{" + guid + "}"},
		{"URN", "urn:uuid:" + guid},
		{"no hyphens", strings.ReplaceAll(guid, "-", "")},
		{"hyphens elsewhere", "dfd8cc0ac-592-468c-8461-869a38d24738"},
		{"a hyphen more", "dfd8cc0a-c592-468c-8461-869a38d2-738"},
		{"one too short", guid[:35]},
		{"one too long", guid + "8"},
		{"no hexadecimal digit", "gfd8cc0a-c592-468c-8461-869a38d24738"},
		{"digits beyond ASCII", "\u0663" + guid[2:]},
		{"underscores", strings.ReplaceAll(guid, "-", "_")},
		{"all", "all"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := csp.ParseID(test.in); err == nil || !got.IsZero() {
				t.Errorf("ParseID(%q): got %s, %v, want an error", test.in, got, err)
			}
			defer func() {
				if got, want := recover(), test.in+": not a GUID"; got != want {
					t.Errorf("MustParseID(%q): got panic %v, want %s", test.in, got, want)
				}
			}()
			csp.MustParseID(test.in)
		})
	}
}

func TestDerived(t *testing.T) {
	// The name space and the result are RFC 9562's own, A.4.
	dns := csp.MustParseID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
	if got, want := dns.Derived("www.example.com").String(), "2ed6657d-e927-568b-95e1-2665a8aea6a2"; got != want {
		t.Errorf("Derived: got %s, want %s", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		id, other := someID().Draw(t, "id"), someID().Draw(t, "other")
		name, otherName := rapid.String().Draw(t, "name"), rapid.String().Draw(t, "other name")
		derived := id.Derived(name)
		if got := id.Derived(name); got != derived {
			t.Fatalf("again: got %s, want %s", got, derived)
		}
		if derived[6]>>4 != 5 || derived[8]>>6 != 0b10 {
			t.Fatalf("%s: got version %d and variant %02b, want 5 and 10", derived, derived[6]>>4, derived[8]>>6)
		}
		if name != otherName && id.Derived(otherName) == derived {
			t.Fatalf("%q and %q both give %s", name, otherName, derived)
		}
		if id != other && other.Derived(name) == derived {
			t.Fatalf("%s and %s both give %s", id, other, derived)
		}
	})
}
