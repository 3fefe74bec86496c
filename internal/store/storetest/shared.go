package storetest

import (
	"sync"
	"testing"
	"time"
)

// testBuckets draws from buckets until they are in debt, and lets them fill again.
func testBuckets(t *testing.T, s *suite) {
	const burst = 10 * time.Second
	for i, test := range []struct {
		after  time.Duration
		bucket string
		tokens time.Duration
		full   time.Duration // from then on
	}{
		{0, "a", 3 * time.Second, 3 * time.Second},
		{time.Second, "a", 3 * time.Second, 5 * time.Second},
		{0, "b", time.Second, time.Second},
		{0, "a", 10 * time.Second, 15 * time.Second},
		{0, "a", 10 * time.Second, 20 * time.Second}, // no deeper
		{time.Minute, "a", 1, 1},
		{-time.Hour, "a", 1, 20 * time.Second}, // a clock that is set back
	} {
		s.clock = s.clock.Add(test.after)
		full, err := s.DrawTokens(t.Context(), test.bucket, test.tokens, burst)
		if want := s.clock.Add(test.full); err != nil || !full.Equal(want) {
			t.Errorf("draw %d: got %v, %v, want %v", i+1, full, err, want)
		}
	}
	s.clock = s.clock.Add(15 * time.Second)
	if n, err := s.ForgetBuckets(t.Context()); err != nil || n != 0 {
		t.Errorf("forget before they are full: got %d, %v, want 0", n, err)
	}
	s.clock = s.clock.Add(2 * time.Hour)
	if n, err := s.ForgetBuckets(t.Context()); err != nil || n != 2 {
		t.Errorf("forget: got %d, %v, want 2", n, err)
	}
}

// testBucketRace draws from one bucket many times at once: no token is given twice.
func testBucketRace(t *testing.T, s *suite) {
	const draws = 40
	var group sync.WaitGroup
	for range draws {
		group.Go(func() {
			if _, err := s.DrawTokens(t.Context(), "a", time.Second, time.Minute); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	full, err := s.DrawTokens(t.Context(), "a", 0, time.Minute)
	if want := s.clock.Add(draws * time.Second); err != nil || !full.Equal(want) {
		t.Errorf("got %v, %v, want %v", full, err, want)
	}
}
