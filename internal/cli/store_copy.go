package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
)

type storeCopy struct {
	From    string `required:"" placeholder:"URL" variable:"TENANTRY_COPY_FROM" help:"The store to copy: sqlite:PATH or postgres://…, which no server may use meanwhile. A password belongs in the variable or in a file that PGPASSFILE names: other users of the machine see flags."`
	To      string `required:"" placeholder:"URL" variable:"TENANTRY_COPY_TO" help:"Where to: a file that is not there yet, or an empty database, or what an earlier run has left unfinished there."`
	Dir     string `placeholder:"DIR" variable:"TENANTRY_DIR" help:"Where the root key of the copy's servers lies; by default beside the copy."`
	Restart bool   `help:"Begin anew what an earlier run has left unfinished."`
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*storeCopy) Help() string {
	return `Everything moves: partners, customers, passwords, secrets, tokens that are out, answers to requests that may be repeated. Stop the
servers first. What they write to a file is kept off by its lock; of a database the copy finds out that something was written to it, and
is not finished.

A copy that is interrupted, however it was, goes on where it stopped: run the same command again. Until it is finished no server
opens it. In the end each row is compared with the source's, and the copy is held to all invariants as by tenantry store check. The
source stays as it is.

The root key is not in a store: the servers of the copy need the same one, as root.key beside a file, or as TENANTRY_ROOT_KEY.

    tenantry store copy --from sqlite:data/tenantry.db --to postgres://tenantry@db/tenantry
    TENANTRY_ROOT_KEY=$(cat data/root.key) tenantry serve --store postgres://tenantry@db/tenantry`
}

// copyReport is what was copied.
type copyReport struct {
	From    string              `json:"from"`
	To      string              `json:"to"`
	Resumed bool                `json:"resumed"` // an earlier run had begun it
	Seconds float64             `json:"seconds"` // of this run, without the check
	Rows    int64               `json:"rows"`
	Tables  []store.CopiedTable `json:"tables"`
	RootKey string              `json:"rootKey"` // matches, notHere or none, for the servers of the copy
	Check   *checkReport        `json:"check"`

	advice string // about the root key
}

// Run copies the store.
func (c *storeCopy) Run(ctx context.Context, p *program) error {
	for _, url := range []string{c.From, c.To} {
		if url == memoryStore {
			return wrong("a store in memory ends with its server; name a file, for example sqlite:tenantry.db")
		}
	}
	if c.From == c.To {
		return wrong("--from and --to are the same store")
	}
	report := &copyReport{From: store.Redacted(c.From), To: store.Redacted(c.To)}
	progress := newCopyProgress(p.stderr)
	began := time.Now()
	copied, err := store.Copy(ctx, c.From, c.To, store.CopyOptions{
		Restart:  c.Restart,
		Progress: progress.tell,
		Accept:   func(fingerprint string) error { return c.accept(p, fingerprint, report) },
	})
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("the copy was interrupted; run the same command again, which goes on where it stopped")
	case err != nil:
		return err
	}
	report.Resumed, report.Tables, report.Seconds = copied.Resumed, copied.Tables, time.Since(began).Seconds()
	for _, table := range copied.Tables {
		report.Rows += table.Rows
	}
	fmt.Fprintln(p.stderr, "the copy is finished, and is checked")
	check := &storeCheck{Store: c.To, Dir: c.Dir, Most: 100}
	if report.Check, err = check.check(ctx, p); err != nil {
		return fmt.Errorf("the copy is finished, but was not checked: %w; run tenantry store check", err)
	}
	if err := c.show(p, report, report.write); err != nil {
		return err
	}
	if report.Check.total() > 0 {
		return fmt.Errorf("the copy is row by row what the source is, which breaks invariants; findings: %d", report.Check.total())
	}
	return nil
}

// accept refuses another root key than that of the source, and says what is to be done with the right one.
func (c *storeCopy) accept(p *program, fingerprint string, report *copyReport) error {
	report.RootKey = "none"
	if fingerprint == "" {
		return nil
	}
	report.RootKey = "notHere"
	from, to := (&storage{Store: c.From}).directory(), (&storage{Store: c.To, Dir: c.Dir}).directory()
	is, there, err := server.IsRoot(fingerprint, p.env(rootKeyVariable), to)
	switch {
	case err != nil:
		return err
	case there && !is:
		return errors.New("the source was made under another root key than the one that is here for the servers of the copy, and nobody could sign in with this one; give the TENANTRY_ROOT_KEY of the source, or put its root.key beside the copy")
	case there:
		report.RootKey, report.advice = "matches", "the one of the source is here"
		return nil
	}
	report.advice = "MISSING here; the servers of the copy need that of the source: "
	is, beside, err := server.IsRoot(fingerprint, "", from)
	isFile := strings.HasPrefix(c.To, "sqlite:")
	switch source := filepath.Join(from, "root.key"); {
	case err != nil:
		return err
	case beside && is && isFile:
		report.advice += "copy " + source + " to " + filepath.Join(to, "root.key")
	case beside && is:
		report.advice += "give them TENANTRY_ROOT_KEY, the text in " + source
	case isFile:
		report.advice += "give them its TENANTRY_ROOT_KEY, or write that into " + filepath.Join(to, "root.key") + ", mode 0600"
	default:
		report.advice += "give them its TENANTRY_ROOT_KEY"
	}
	return nil
}

func (r *copyReport) write(w io.Writer) {
	lines := [][]string{{"COPIED", "ROWS"}}
	for _, table := range r.Tables {
		lines = append(lines, []string{table.Table, strconv.FormatInt(table.Rows, 10)})
	}
	columns(w, lines)
	fmt.Fprintln(w)
	for _, line := range r.Check.findings() {
		fmt.Fprintln(w, line)
	}
	check := "clean"
	if total := r.Check.total(); total > 0 {
		check = strconv.FormatInt(total, 10) + " findings, which the source has as well"
	}
	rows(w,
		"From", r.From,
		"To", r.To,
		"Rows", fmt.Sprintf("%d in %.1f s, each compared with the source's", r.Rows, r.Seconds),
		"Check", check,
		"Root key", r.advice)
}

// copyProgress tells on stderr how far a copy is: on a terminal a line a second at most, elsewhere when a table is done and every ten
// seconds, so that no log is filled.
type copyProgress struct {
	w        io.Writer
	terminal bool
	now      func() time.Time

	step  string    // the table, and what is done with it
	began time.Time // with the step
	last  time.Time // when something was done
	told  time.Time // when that was told
}

func newCopyProgress(w io.Writer) *copyProgress {
	c := &copyProgress{w: w, now: time.Now, last: time.Now(), told: time.Now()}
	if file, isFile := w.(*os.File); isFile {
		info, err := file.Stat()
		c.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return c
}

// tell writes a line, if it is time.
func (c *copyProgress) tell(progress store.CopyProgress) {
	now, step := c.now(), "copied "+progress.Table
	if progress.Comparing {
		step = "compared " + progress.Table
	}
	if step != c.step {
		c.step, c.began = step, c.last
	}
	c.last = now
	every := 10 * time.Second
	if c.terminal {
		every = time.Second
	}
	if now.Sub(c.told) < every && (c.terminal || !progress.Done || progress.Rows == 0) {
		return
	}
	c.told = now
	line := fmt.Sprintf("%s: %d of %d rows", step, progress.Rows, max(progress.Of, progress.Rows))
	if took := now.Sub(c.began).Seconds(); took > 0 {
		line += fmt.Sprintf(", %.0f a second", float64(progress.Rows-progress.Earlier)/took)
	}
	fmt.Fprintln(c.w, line)
}
