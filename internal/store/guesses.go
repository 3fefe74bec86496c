package store

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// Guesses is what is held against who guesses; none if that is nothing.
func (db *DB) Guesses(ctx context.Context, who csp.Hash) (csp.Guesses, error) {
	return guessesOf(db.asking(ctx), who)
}

func guessesOf(ask asker, who csp.Hash) (guesses csp.Guesses, err error) {
	var text []byte
	err = notFound(ask(`
		SELECT guesses
		FROM guesses
		WHERE id = $1`,
		who[:]).Scan(&text))
	if errors.Is(err, csp.ErrNotFound) {
		return guesses, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &guesses)
	}
	return guesses, err
}

// ChangeGuesses lets the function change what is held against who guesses. It may be called more than once.
func (db *DB) ChangeGuesses(ctx context.Context, who csp.Hash, change func(*csp.Guesses)) error {
	return db.writes.do(ctx, func(t *tx) error {
		guesses, err := guessesOf(t.row, who)
		if err != nil {
			return err
		}
		change(&guesses)
		text, err := json.Marshal(&guesses)
		if err != nil {
			return err
		}
		return t.exec(`
			INSERT INTO guesses (id, guesses, last)
			VALUES ($1, $2, $3)
			ON CONFLICT (id) DO UPDATE
			SET guesses = excluded.guesses, last = excluded.last`,
			who[:], string(text), guesses.Last.UnixMicro())
	})
}

// ForgetGuesses drops what is held against those who have not guessed for that long, and reports how many they were.
func (db *DB) ForgetGuesses(ctx context.Context, age time.Duration) (int, error) {
	return db.forgetBefore(ctx, db.now().Add(-age).UnixMicro(), `
		DELETE FROM guesses
		WHERE id IN (SELECT id FROM guesses WHERE last < $1 LIMIT $2)`)
}
