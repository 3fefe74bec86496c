package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// oldestSchema is the setting that says which version of the schema a server has to know at least to use the store. A migration that
// older servers cannot live with writes its own number there; one that only adds to the schema leaves it as it is, and older servers
// go on beside newer ones.
const oldestSchema = "oldest schema"

// ErrTooNew is what a server meets whose store has been changed by a newer one in a way that it cannot live with.
var ErrTooNew = errors.New("the store was changed by a newer tenantry")

// Compatible is ErrTooNew if a newer server has changed the schema in a way that this one cannot live with, and ErrUnfinished if the
// store is a copy in the making.
func (db *DB) Compatible(ctx context.Context) error {
	var oldest, unfinished string
	err := db.each(ctx, `
		SELECT name, value
		FROM settings
		WHERE name IN ($1, $2)`, func(row scanner) error {
		var name, value string
		if err := row.Scan(&name, &value); err != nil {
			return err
		}
		if name == unfinishedCopy {
			unfinished = value
		} else {
			oldest = value
		}
		return nil
	}, oldestSchema, unfinishedCopy)
	switch {
	case err != nil:
		return err
	case unfinished != "":
		return ErrUnfinished
	case oldest != "":
		return knows(oldest)
	}
	return nil
}

// knows is ErrTooNew if this version of the schema is less than the text says.
func knows(text string) error {
	oldest, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("setting %q: %w", oldestSchema, err)
	}
	known, err := newestMigration()
	if err != nil {
		return err
	}
	if known < oldest {
		return fmt.Errorf("%w: it asks for version %d of its schema, and this one knows %d; run the newer one, or go back to a backup from before", ErrTooNew, oldest, known)
	}
	return nil
}
