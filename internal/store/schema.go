package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/tenantry/tenantry/internal/csp"
)

// oldestSchema is the setting that says which version of the schema a server has to know at least to use the store. A migration that
// older servers cannot live with writes its own number there; one that only adds to the schema leaves it as it is, and older servers
// go on beside newer ones.
const oldestSchema = "oldest schema"

// ErrTooNew is what a server meets whose store has been changed by a newer one in a way that it cannot live with.
var ErrTooNew = errors.New("the store was changed by a newer tenantry")

// Compatible is ErrTooNew if a newer server has changed the schema in a way that this one cannot live with.
func (db *DB) Compatible(ctx context.Context) error {
	text, err := db.setting(ctx, oldestSchema)
	if errors.Is(err, csp.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	oldest, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("setting %q: %w", oldestSchema, err)
	}
	steps, err := migrationSteps()
	if err != nil {
		return err
	}
	if known := steps[len(steps)-1].version; known < oldest {
		return fmt.Errorf("%w: it asks for version %d of its schema, and this one knows %d; run the newer one, or go back to a backup from before", ErrTooNew, oldest, known)
	}
	return nil
}
