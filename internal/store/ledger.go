package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// The statuses of what is not refused. Which of them an operation answers is its own; a refusal's is 400 and above.
const (
	ok      = 200
	created = 201
)

// entry is what the ledger holds of an answered call.
type entry struct {
	status int
	answer string
}

// outcome is the answer again, as the caller of the store gets it.
func (e *entry) outcome() ([]byte, error) {
	if e.status < 400 {
		return []byte(e.answer), nil
	}
	fault := &partnercenter.Fault{Status: e.status}
	if err := json.Unmarshal([]byte(e.answer), fault); err != nil {
		return nil, err
	}
	return nil, fault
}

// remember enters the answer to the call. If it has one already, that is returned, and nothing is entered.
func (t *tx) remember(n int64, call csp.Call, status int, answer []byte) (*entry, error) {
	if !call.Repeatable() {
		return nil, nil
	}
	isNew, err := t.inserted(`
		INSERT INTO ledger (n, call, status, answer)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (call) DO NOTHING`,
		n, call.Key[:], status, string(answer))
	if err != nil || isNew {
		return nil, err
	}
	var prior entry
	err = t.row(priorQuery, call.Key[:]).Scan(&prior.status, &prior.answer)
	return &prior, err
}

// Recorded implements [csp.Store].
func (db *DB) Recorded(ctx context.Context, call csp.Call) ([]byte, error) {
	if !call.Repeatable() {
		return nil, nil
	}
	var prior entry
	err := db.row(ctx, priorQuery, call.Key[:]).Scan(&prior.status, &prior.answer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return prior.outcome()
}

const priorQuery = `
	SELECT status, answer
	FROM ledger
	WHERE call = $1`

// answered completes the entry that was made for the call in this transaction.
func (t *tx) answered(call csp.Call, answer []byte) error {
	if !call.Repeatable() {
		return nil
	}
	return t.exec(`
		UPDATE ledger
		SET answer = $1
		WHERE call = $2`,
		string(answer), call.Key[:])
}

// forget drops the entry that was made for the call in this transaction.
func (t *tx) forget(call csp.Call) error {
	if !call.Repeatable() {
		return nil
	}
	return t.exec(`
		DELETE FROM ledger
		WHERE call = $1`,
		call.Key[:])
}

// rememberRefusal replaces the answer that was entered for the call in this transaction by a fault.
func (t *tx) rememberRefusal(call csp.Call, refusal error) error {
	fault := (*partnercenter.Fault)(nil)
	if !call.Repeatable() || !errors.As(refusal, &fault) {
		return nil
	}
	answer, err := json.Marshal(fault)
	if err != nil {
		return err
	}
	return t.exec(`
		UPDATE ledger
		SET status = $1, answer = $2
		WHERE call = $3`,
		fault.Status, string(answer), call.Key[:])
}

// errNothingToChange is what a change meets that finds nothing there. It is not remembered for the call.
var errNothingToChange = errors.New("nothing to change")

// once runs the change, in one transaction with the entry of the ledger that remembers its answer. If the ledger holds an
// answer for the call already, that is returned, and nothing is changed; else recorded is nil. What the change refuses by a
// fault is remembered as well, and nothing is written then: so a change refuses before it writes.
func (db *DB) once(ctx context.Context, call csp.Call, change func(*tx) (answer []byte, err error)) (recorded []byte, err error) {
	var prior *entry
	var refusal error
	err = db.writes.do(ctx, func(t *tx) (err error) {
		prior, refusal = nil, nil
		prior, err = t.remember(db.rows.New().Order(), call, ok, nil)
		if err != nil || prior != nil {
			return err
		}
		answer, err := change(t)
		if err == nil {
			return t.answered(call, answer)
		}
		refusal = err
		if errors.Is(err, errNothingToChange) {
			return t.forget(call)
		}
		if fault := (*partnercenter.Fault)(nil); errors.As(err, &fault) {
			return t.rememberRefusal(call, err)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case prior != nil:
		return prior.outcome()
	default:
		return nil, refusal
	}
}

// newestRow is the highest n of the tables that db.rows numbers.
func (db *DB) newestRow(ctx context.Context) (n int64, err error) {
	err = db.row(ctx, `
		SELECT MAX(n)
		FROM (
			SELECT COALESCE(MAX(n), 0) AS n FROM ledger
			UNION ALL
			SELECT COALESCE(MAX(a.n), 0) FROM partners p JOIN audit a ON a.partner = p.n AND a.n = (SELECT MAX(n) FROM audit WHERE partner = p.n)
			UNION ALL
			SELECT COALESCE(MAX(n), 0) FROM codes
			UNION ALL
			SELECT COALESCE(MAX(n), 0) FROM devices
		) AS newest`).Scan(&n)
	return n, err
}

// ForgetCalls drops what the ledger holds of calls older than age, and reports how many they were.
func (db *DB) ForgetCalls(ctx context.Context, age time.Duration) (int, error) {
	return db.forget(ctx, age, `
		DELETE FROM ledger
		WHERE n IN (SELECT n FROM ledger WHERE n < $1 ORDER BY n LIMIT $2)`)
}

// forgetStep is how many rows go in one write, so that creates wait for none of it long.
const forgetStep = 500

// forget runs the statement, which drops at most $2 rows with an n below $1, until there are no more older than age. It may have more
// arguments.
func (db *DB) forget(ctx context.Context, age time.Duration, statement string, more ...any) (int, error) {
	return db.forgetBefore(ctx, csp.OrderAt(db.now().Add(-age)), statement, more...)
}

// forgetBefore runs the statement, which drops at most $2 rows that lie before $1, until there are no more.
func (db *DB) forgetBefore(ctx context.Context, before int64, statement string, more ...any) (int, error) {
	total := 0
	for ctx.Err() == nil {
		var forgotten int64
		err := db.writes.do(ctx, func(t *tx) (err error) {
			forgotten, err = t.affected(statement, append([]any{before, forgetStep}, more...)...)
			return err
		})
		total += int(forgotten)
		if err != nil || forgotten < forgetStep {
			return total, err
		}
	}
	return total, ctx.Err()
}
