package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tenantry/tenantry/internal/throttle"
)

// maxGuessers is how many guessers are kept when the store is tidied, some 40 MB. Each costs whoever would make more of them a slow
// hash of a password, or an address.
const maxGuessers = 1 << 18

// freshGuesses are rows that count: not of long ago, and not of a time that is long to come, where a clock was set back.
const freshGuesses = `guesses.last BETWEEN $2 AND $3`

// freshFrom and freshTo are the bounds of freshGuesses.
func freshFrom(at time.Time) int64 { return at.Add(-throttle.Forgiven).UnixMicro() }
func freshTo(at time.Time) int64   { return at.Add(throttle.LongestLock).UnixMicro() }

// CountGuess holds a wrong guess against who made it, a hash of who guesses and at what, and says what is held then. Nothing is counted of who is locked out, nor a guess
// that is among the last; a guess is a hash in letters and digits, as long as any other, or empty: then it counts each time.
//
// It is one statement outside of the transactions of the writer, as [DB.DrawTokens] is.
func (db *DB) CountGuess(ctx context.Context, who [16]byte, guess string, at time.Time) (held throttle.Held, counted bool, err error) {
	repeats := "%" + guess + ",%"
	if guess == "" {
		repeats = "" // there is no such text
	}
	held, err = readHeld(func(into ...any) error {
		return db.aside(ctx, `
			INSERT INTO guesses (who, wrong, tried, last, locked)
			VALUES ($1, 1, $4, $5, 0)
			ON CONFLICT (who) DO UPDATE
			SET wrong = CASE WHEN `+freshGuesses+` THEN guesses.wrong + 1 ELSE 1 END,
				tried = substr(excluded.tried || guesses.tried, 1, $6),
				last = excluded.last,
				locked = CASE
					WHEN NOT `+freshGuesses+` OR guesses.wrong + 1 < $7 THEN 0
					WHEN guesses.locked = 0 THEN $8
					WHEN guesses.locked * 2 > $9 THEN $9
					ELSE guesses.locked * 2
				END
			WHERE NOT `+freshGuesses+`
				OR (guesses.locked = 0 OR guesses.last + guesses.locked <= excluded.last) AND guesses.tried NOT LIKE $10
			RETURNING wrong, last, locked`,
			[]any{who[:], freshFrom(at), freshTo(at), guess + ",", at.UnixMicro(), throttle.TriedKept * (len(guess) + 1),
				throttle.LockAfter, throttle.FirstLock.Microseconds(), throttle.LongestLock.Microseconds(), repeats},
			into...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		held, err = db.Guesses(ctx, who, at)
		return held, false, err
	}
	return held, err == nil, err
}

// Guesses is what is held against who guesses at that time.
func (db *DB) Guesses(ctx context.Context, who [16]byte, at time.Time) (throttle.Held, error) {
	held, err := readHeld(db.row(ctx, `
		SELECT wrong, last, locked
		FROM guesses
		WHERE who = $1 AND `+freshGuesses,
		who[:], freshFrom(at), freshTo(at)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return throttle.Held{}, nil
	}
	return held, err
}

func readHeld(scan func(into ...any) error) (held throttle.Held, err error) {
	var last, locked int64
	if err := scan(&held.Count, &last, &locked); err != nil {
		return held, err
	}
	held.Last, held.Lock = time.UnixMicro(last), time.Duration(locked)*time.Microsecond
	return held, nil
}

// ForgiveGuesses ends what is held against who knew it.
func (db *DB) ForgiveGuesses(ctx context.Context, who [16]byte) error {
	err := db.aside(ctx, `
		DELETE FROM guesses
		WHERE who = $1
		RETURNING wrong`,
		[]any{who[:]}, new(int64))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// ForgetGuesses drops what is held no more, and of too many guessers those who have not guessed for the longest time. It reports how
// many they were.
func (db *DB) ForgetGuesses(ctx context.Context) (int, error) {
	return db.forgetGuesses(ctx, maxGuessers)
}

func (db *DB) forgetGuesses(ctx context.Context, most int) (int, error) {
	before := freshFrom(db.now())
	var tooOld int64
	err := db.row(ctx, `
		SELECT last
		FROM guesses
		ORDER BY last DESC
		LIMIT 1 OFFSET $1`,
		most).Scan(&tooOld)
	switch {
	case err == nil:
		before = max(before, tooOld+1)
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	return db.forgetBefore(ctx, before, `
		DELETE FROM guesses
		WHERE who IN (SELECT who FROM guesses WHERE last < $1 LIMIT $2)`)
}
