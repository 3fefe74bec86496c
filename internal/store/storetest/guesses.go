package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/throttle"
)

// guess counts a guess now, and fails the test unless the store holds so much afterwards.
func (s *suite) guess(t *testing.T, who byte, guess string, counted bool, wrong int, lock time.Duration) {
	t.Helper()
	held, got, err := s.CountGuess(t.Context(), [16]byte{who}, guess, s.clock)
	if err != nil || got != counted || held.Count != wrong || held.Lock != lock {
		t.Errorf("guess %q of %d: got %+v, counted %t, %v, want %d and %v, counted %t", guess, who, held, got, err, wrong, lock, counted)
	}
	again, err := s.Guesses(t.Context(), [16]byte{who}, s.clock)
	if err != nil || again.Count != held.Count || again.Lock != held.Lock || !again.Last.Equal(held.Last) {
		t.Errorf("read again: got %+v, %v, want %+v", again, err, held)
	}
	if counted && !held.Last.Equal(s.clock) {
		t.Errorf("guess %q of %d: got that it came at %v, want %v", guess, who, held.Last, s.clock)
	}
}

// testGuesses goes through locks: what is repeated counts once, what comes during a lock does not count, and each lock is longer.
func testGuesses(t *testing.T, s *suite) {
	if held, err := s.Guesses(t.Context(), [16]byte{1}, s.clock); err != nil || held != (throttle.Held{}) {
		t.Errorf("of nobody: got %+v, %v", held, err)
	}
	s.guess(t, 1, "aaaa", true, 1, 0)
	s.guess(t, 1, "bbbb", true, 2, 0)
	s.guess(t, 1, "cccc", true, 3, 0)
	s.guess(t, 1, "aaaa", false, 3, 0)
	s.guess(t, 1, "dddd", true, 4, 0)
	s.guess(t, 1, "aaaa", true, 5, 0) // it is not among the last three
	for i := range 4 {
		s.guess(t, 1, fmt.Sprintf("%04d", i), true, 6+i, 0)
	}
	s.guess(t, 1, "0004", true, 10, time.Minute)
	s.guess(t, 1, "0005", false, 10, time.Minute)
	s.guess(t, 2, "aaaa", true, 1, 0) // somebody else
	s.clock = s.clock.Add(time.Minute - time.Microsecond)
	s.guess(t, 1, "0005", false, 10, time.Minute)
	s.clock = s.clock.Add(time.Microsecond)
	s.guess(t, 1, "0004", false, 10, time.Minute)
	wrong := 10
	for _, lock := range []time.Duration{2, 4, 8, 16, 32, 60, 60} {
		wrong++
		s.guess(t, 1, fmt.Sprintf("%04d", wrong), true, wrong, lock*time.Minute)
		s.guess(t, 1, "0000", false, wrong, lock*time.Minute)
		s.clock = s.clock.Add(lock * time.Minute)
	}
	for range 2 {
		if err := s.ForgiveGuesses(t.Context(), [16]byte{1}); err != nil {
			t.Error(err)
		}
	}
	s.guess(t, 1, "0000", true, 1, 0)
	s.guess(t, 2, "bbbb", true, 2, 0)
	for i := range 10 { // an empty one counts each time
		s.guess(t, 3, "", true, 1+i, min(time.Duration(i/9), 1)*time.Minute)
	}
	s.guess(t, 3, "", false, 10, time.Minute)
}

// testGuessesForgiven lets a day pass without a guess, and sets the clock back: what is held of another time counts no more.
func testGuessesForgiven(t *testing.T, s *suite) {
	for i := range 9 {
		s.guess(t, 1, fmt.Sprintf("%04d", i), true, 1+i, 0)
	}
	s.clock = s.clock.Add(24 * time.Hour)
	s.guess(t, 1, "0009", true, 10, time.Minute)
	s.clock = s.clock.Add(24*time.Hour + time.Microsecond)
	if held, err := s.Guesses(t.Context(), [16]byte{1}, s.clock); err != nil || held != (throttle.Held{}) {
		t.Errorf("after a day: got %+v, %v", held, err)
	}
	s.guess(t, 1, "0009", true, 1, 0)

	for i := range 9 {
		s.guess(t, 1, fmt.Sprintf("%04d", i), true, 2+i, min(time.Duration(i/8), 1)*time.Minute)
	}
	s.clock = s.clock.Add(-30 * time.Second) // as far as servers may be apart, and further
	s.guess(t, 1, "0009", false, 10, time.Minute)
	s.clock = s.clock.Add(-time.Hour)
	s.guess(t, 1, "0009", true, 1, 0)
	s.clock = s.clock.Add(-30 * time.Second)
	s.guess(t, 1, "0010", true, 2, 0) // a server whose clock is behind, and no lock

	s.guess(t, 2, "0000", true, 1, 0)
	s.clock = s.clock.Add(24 * time.Hour)
	for _, test := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {time.Microsecond, 2}, {0, 0}} {
		s.clock = s.clock.Add(test.after)
		if n, err := s.ForgetGuesses(t.Context()); err != nil || n != test.want {
			t.Errorf("forget %v later: got %d, %v, want %d", test.after, n, err, test.want)
		}
	}
}

// testGuessRace counts many guesses at once: ten of them, and none of those that come after.
func testGuessRace(t *testing.T, s *suite) {
	var counted, locked atomic.Int64
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			held, ok, err := s.CountGuess(t.Context(), [16]byte{1}, fmt.Sprintf("%04d", i), s.clock)
			switch {
			case err != nil:
				t.Error(err)
			case ok:
				counted.Add(1)
			case held.Lock > 0:
				locked.Add(1)
			}
		})
	}
	group.Wait()
	if counted.Load() != throttle.LockAfter || locked.Load() != 40-throttle.LockAfter {
		t.Errorf("%d were counted and %d were told of a lock, want %d and %d", counted.Load(), locked.Load(), throttle.LockAfter, 40-throttle.LockAfter)
	}
}
