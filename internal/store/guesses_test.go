package store

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/throttle"
)

// TestTooManyGuessers drops those who have not guessed for the longest time, however few there may be.
func TestTooManyGuessers(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "tenantry.db"), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for who := range byte(6) {
		if _, _, err := db.CountGuess(t.Context(), [16]byte{who}, "aaaa", now.Add(time.Duration(who)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ most, forgotten int }{{6, 0}, {4, 2}, {4, 0}} {
		if n, err := db.forgetGuesses(t.Context(), test.most); err != nil || n != test.forgotten {
			t.Errorf("at most %d: forgot %d, %v, want %d", test.most, n, err, test.forgotten)
		}
	}
	for who := range byte(6) {
		held, err := db.Guesses(t.Context(), [16]byte{who}, now)
		if kept := held != (throttle.Held{}); err != nil || kept != (who >= 2) {
			t.Errorf("guesser %d: got %+v, %v", who, held, err)
		}
	}
}
