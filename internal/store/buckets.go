package store

import (
	"context"
	"time"
)

// Shared reports whether other servers may have the store at the same time.
func (db *DB) Shared() bool { return db.dialect.shared }

// DrawTokens takes tokens from a bucket that all servers share, both written as the time in which they come in, and says when the
// bucket will be full again. It may be in debt afterwards, but no deeper than it holds.
//
// It is one statement outside of the transactions of the writer: a bucket that many servers draw from comes in nobody's way.
func (db *DB) DrawTokens(ctx context.Context, bucket string, tokens, burst time.Duration) (full time.Time, err error) {
	now := db.now().UnixNano()
	args := []any{bucket, now + tokens.Nanoseconds(), now, tokens.Nanoseconds(), now + 2*burst.Nanoseconds()}
	const draw = `
		INSERT INTO buckets (id, full_at)
		VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE
		SET full_at = CASE
			WHEN buckets.full_at < $3 THEN $2
			WHEN buckets.full_at + $4 > $5 THEN $5
			ELSE buckets.full_at + $4
		END
		RETURNING full_at`
	var at int64
	err = db.aside(ctx, draw, args, &at)
	return time.Unix(0, at), err
}

// aside runs a statement that writes and answers a row, outside of the transactions of the writer where there are others that write.
func (db *DB) aside(ctx context.Context, statement string, args []any, into ...any) error {
	if db.dialect.shared {
		return db.row(ctx, statement, args...).Scan(into...)
	}
	return db.writes.do(ctx, func(t *tx) error { return t.row(statement, args...).Scan(into...) })
}

// ForgetBuckets drops the buckets that are full, and reports how many they were.
func (db *DB) ForgetBuckets(ctx context.Context) (int, error) {
	return db.forgetBefore(ctx, db.now().UnixNano(), `
		DELETE FROM buckets
		WHERE id IN (SELECT id FROM buckets WHERE full_at < $1 LIMIT $2)`)
}
