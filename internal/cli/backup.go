package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
)

type backupCommand struct {
	registry
	To    string `required:"" placeholder:"FILE" help:"The file to write, which nobody else may read."`
	Force bool   `help:"Replace the file if it is there."`
}

// Help implements [kong.HelpProvider].
func (*backupCommand) Help() string {
	return `The backup is one file, the store as it was at one moment: a SQLite database, which can be opened as a store itself. A
running server sends it through its admin API, and goes on serving; without one the store is read with --store. It gets its name
when all of it is on disk and was checked.

The root key is not in it: keep root.key, or what TENANTRY_ROOT_KEY holds, with every backup, but at another place. Without it nobody
can sign in. A PostgreSQL database is backed up by its own tools, pg_dump or pg_basebackup.

    tenantry backup --endpoint https://localhost:8443 --to tenantry-2026-03-01.db
    tenantry backup --store sqlite:tenantry.db --to tenantry-2026-03-01.db`
}

// Run writes the backup.
func (c *backupCommand) Run(ctx context.Context, p *program) error {
	stored, err := c.stored()
	if err != nil {
		return err
	}
	take := c.fetch
	if stored {
		take = c.read
	}
	file, err := c.write(ctx, take)
	if err != nil {
		return err
	}
	info, err := os.Stat(c.To)
	if err != nil {
		return err
	}
	rows(p.stdout,
		"Backup", c.To,
		"Size", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6),
		"Holds", holds(file),
		"Root key", "not in it; keep it as well, at another place")
	return nil
}

func holds(file *store.BackupFile) string {
	return fmt.Sprintf("%d partners, %d customers, schema %d", file.Partners, file.Customers, file.Schema)
}

// write takes the backup into a new file, checks it and gives it its name.
func (c *backupCommand) write(ctx context.Context, take func(context.Context, io.Writer) error) (*store.BackupFile, error) {
	if _, err := os.Stat(c.To); err == nil && !c.Force {
		return nil, fmt.Errorf("%s is there already; give another name, or --force", c.To)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	dir := filepath.Dir(c.To)
	file, err := os.CreateTemp(dir, ".backup-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name()) // an error once it has its name
	buffered := bufio.NewWriterSize(file, 1<<20)
	err = take(ctx, buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, err
	}
	inspected, err := store.InspectBackup(ctx, file.Name())
	if err != nil {
		return nil, err
	}
	if err := os.Rename(file.Name(), c.To); err != nil {
		return nil, err
	}
	return inspected, store.SyncDir(dir)
}

// read takes the backup of a store that no server holds.
func (c *backupCommand) read(ctx context.Context, w io.Writer) (err error) {
	upkeep, err := store.OpenUpkeep(ctx, c.Store, "a tenantry that makes a backup")
	if errors.Is(err, store.ErrInUse) {
		return errors.New(err.Error() + ": give --endpoint and TENANTRY_ADMIN_KEY instead of --store")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, upkeep.Close()) }()
	return withoutService(upkeep.Backup(ctx, func(int64) (io.Writer, error) { return w, nil }))
}

// fetch takes the backup of a running server.
func (c *backupCommand) fetch(ctx context.Context, w io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.Endpoint, "/")+"/_tenantry/admin/backup", nil)
	if err != nil {
		return wrong("--endpoint: %v", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.AdminKey)
	response, err := transport.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // was only read
	if response.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(response.Body, maxAdminAnswer))
		return errors.Join(err, c.refusal(response.StatusCode, text))
	}
	taken, err := io.Copy(w, response.Body)
	if err == nil && taken != response.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return noAnswer{fmt.Errorf("%s broke off the backup after %d of %d bytes: %w", c.Endpoint, taken, response.ContentLength, err)}
	}
	return nil
}

type restoreCommand struct {
	From  string `required:"" type:"existingfile" placeholder:"FILE" help:"The backup."`
	Store string `required:"" placeholder:"sqlite:PATH" variable:"TENANTRY_STORE" help:"The store to make of it. No server may hold it."`
	Dir   string `placeholder:"DIR" variable:"TENANTRY_DIR" help:"Where the root key lies; by default beside the store."`
	Force bool   `help:"Replace the store that is there."`
}

// Help implements [kong.HelpProvider].
func (*restoreCommand) Help() string {
	return `The backup is copied beside the store, checked, and then given the store's name: a restore that is interrupted leaves what was
there. A root key that is here has to be the one that belongs to the backup; if none is here, put it there before the server starts.

    tenantry restore --from tenantry-2026-03-01.db --store sqlite:data/tenantry.db`
}

// Run restores the backup.
func (c *restoreCommand) Run(ctx context.Context, p *program) error {
	if c.Store == memoryStore {
		return wrong("a store in memory ends with this command; name a file, for example --store sqlite:tenantry.db")
	}
	place := &storage{Store: c.Store, Dir: c.Dir}
	var restored *store.BackupFile
	key := ""
	err := store.Restore(ctx, c.From, c.Store, c.Force, func(file *store.BackupFile) error {
		restored = file
		if file.Fingerprint == "" {
			return nil
		}
		is, there, err := server.IsRoot(file.Fingerprint, p.env(rootKeyVariable), place.directory())
		switch {
		case err != nil:
			return err
		case there && !is:
			return errors.New("the backup was made under another root key than the one that is here, and nobody could sign in with this one; put the root.key there that belongs to it, or give TENANTRY_ROOT_KEY")
		case there:
			key = "the one that belongs to it is here"
		default:
			key = "MISSING; put the one that belongs to it at " + filepath.Join(place.directory(), "root.key") + ", or give it as TENANTRY_ROOT_KEY"
		}
		return nil
	})
	switch {
	case errors.Is(err, store.ErrStoreExists):
		return fmt.Errorf("%w; --force replaces it", err)
	case err != nil:
		return err
	}
	rows(p.stdout, "Restored", c.Store, "Holds", holds(restored), "Root key", key)
	fmt.Fprintf(p.stdout, "\nNext: tenantry store check --store %s\n", c.Store)
	return nil
}
