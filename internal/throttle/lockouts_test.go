package throttle_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/throttle"
)

// TestLockouts goes through a lock and what ends it.
func TestLockouts(t *testing.T) {
	var l throttle.Lockouts[string]
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	guess := 0
	next := func(want time.Duration) {
		t.Helper()
		guess++
		if wait, ok := l.Admit("a", []byte("meant"), fmt.Sprint(guess), now); ok != (want == 0) || wait != want {
			t.Errorf("guess %d: got %v, %t, want %v", guess, wait, ok, want)
		}
	}
	for range 10 {
		next(0)
	}
	next(time.Minute)
	if _, ok := l.Admit("b", []byte("meant"), "1", now); !ok {
		t.Error("somebody else is locked out too")
	}
	now = now.Add(time.Minute)
	next(0) // the next lock is twice as long
	now = now.Add(time.Minute)
	next(time.Minute)
	if _, ok := l.Admit("a", []byte("another"), "1", now); !ok {
		t.Error("the lock is there for something else that is meant")
	}
	for range 30 { // what is repeated counts once
		if _, ok := l.Admit("c", nil, "same", now); !ok {
			t.Fatal("a repeated guess locks out")
		}
	}
	for range 10 {
		l.Admit("d", nil, "", now)
	}
	if wait, ok := l.Admit("d", nil, "", now); ok || wait != time.Minute {
		t.Errorf("an eleventh empty guess: got %v, %t", wait, ok)
	}
	l.Forget("d")
	if _, ok := l.Admit("d", nil, "", now); !ok {
		t.Error("locked after all was forgotten")
	}
}
