package store

import (
	"crypto/rand"
	"time"
)

// mark is the row by which a writer finds out whether a transaction was kept whose connection was lost when it was to be committed:
// each transaction leaves its number there. It is for a database that others write to as well, and that fails apart from us.
type mark struct {
	writer  string
	number  int64
	pending bool // COMMIT was sent for the number, and not answered
}

func newMark() *mark { return &mark{writer: rand.Text()} }

// leave numbers the transaction.
func (m *mark) leave(t *tx) error {
	m.number++
	return t.mark(m.writer, m.number)
}

// mark leaves the writer's number.
func (t *tx) mark(writer string, number int64) error {
	return t.exec(`
		INSERT INTO marks (writer, number, at)
		VALUES ($1, $2, $3)
		ON CONFLICT (writer) DO UPDATE
		SET number = excluded.number, at = excluded.at`,
		writer, number, time.Now().UnixMicro())
}

// kept reports whether the number was left. It waits for a transaction that is still under way: that one has the row.
func (m *mark) kept(t *tx) (bool, error) {
	var number int64
	err := t.row(`
		INSERT INTO marks (writer, number, at)
		VALUES ($1, 0, $2)
		ON CONFLICT (writer) DO UPDATE
		SET at = excluded.at
		RETURNING number`,
		m.writer, time.Now().UnixMicro()).Scan(&number)
	return number == m.number, err
}

// marksKept is how long the rows of writers are kept that are no more.
const marksKept = 24 * time.Hour

// forgetMarks drops the rows of writers that are no more.
func forgetMarks(t *tx) error {
	return t.exec(`
		DELETE FROM marks
		WHERE at < $1`,
		time.Now().Add(-marksKept).UnixMicro())
}
