package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
)

type storeCommands struct {
	Check storeCheck `cmd:"" help:"Hold a store to all invariants."`
	Copy  storeCopy  `cmd:"" help:"Copy a store: from a file to PostgreSQL, or back. Goes on where it was interrupted."`
}

type storeCheck struct {
	Store string `required:"" placeholder:"URL" variable:"TENANTRY_STORE" help:"The store: sqlite:PATH, a file that no server holds, or postgres://…, whose servers may go on."`
	Dir   string `placeholder:"DIR" variable:"TENANTRY_DIR" help:"Where the root key lies; by default beside the store."`
	Most  int    `default:"100" placeholder:"N" help:"How many findings of each kind are listed; all are counted. 0 lists all."`
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*storeCheck) Help() string {
	return `It looks at each row: no customer without its tenant, administrator, domain and relationship; nothing that belongs to nobody;
names, indexes and documents agree with each other; what the ledger answers is there. A file of SQLite is checked as such, too. The
root key is compared with the one that the store was made under, if it is here. Nothing is changed.

Findings are listed, one in a line, before what was checked; then the exit code is 1.

    tenantry store check --store sqlite:tenantry.db`
}

// checkReport is what a check has seen.
type checkReport struct {
	Clean    bool                  `json:"clean"`
	RootKey  string                `json:"rootKey"` // matches, other, notHere or none
	Tables   []*store.CheckedTable `json:"tables"`
	Findings []store.Finding       `json:"findings"`

	unlisted map[store.Finding]int // without a row: how many more there are
	listed   map[store.Finding]int
}

// Run checks the store.
func (c *storeCheck) Run(ctx context.Context, p *program) error {
	if c.Most < 0 {
		return wrong("--most %d is less than none; 0 lists all", c.Most)
	}
	report, err := c.check(ctx, p)
	if err != nil {
		return err
	}
	if err := c.show(p, report, report.write); err != nil {
		return err
	}
	switch total := report.total(); {
	case report.RootKey == "other" && total == 0:
		return errors.New("the root key that is here is not the one of the store")
	case total > 0:
		return fmt.Errorf("the store breaks invariants; findings: %d", total)
	}
	return nil
}

// check holds the store to the invariants.
func (c *storeCheck) check(ctx context.Context, p *program) (report *checkReport, err error) {
	upkeep, err := openUpkeep(ctx, c.Store, "a tenantry that checks it")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, upkeep.Close()) }()
	report = &checkReport{Findings: []store.Finding{}, unlisted: map[store.Finding]int{}, listed: map[store.Finding]int{}}
	report.Tables, err = upkeep.Check(ctx, login.IsReserved, func(finding store.Finding) error {
		kind := store.Finding{Table: finding.Table, Problem: finding.Problem}
		if c.Most > 0 && report.listed[kind] == c.Most {
			report.unlisted[kind]++
			return nil
		}
		report.listed[kind]++
		report.Findings = append(report.Findings, finding)
		return nil
	})
	if err != nil {
		return nil, err
	}
	place := &storage{Store: c.Store, Dir: c.Dir}
	if report.RootKey, err = rootKeyOf(ctx, upkeep, p.env(rootKeyVariable), place.directory()); err != nil {
		return nil, err
	}
	report.Clean = report.total() == 0 && report.RootKey != "other"
	return report, nil
}

// total is how many findings there are.
func (r *checkReport) total() (n int64) {
	for _, table := range r.Tables {
		n += table.Broken
	}
	return n
}

// rootKeyOf compares the root key that is here with that of the store.
func rootKeyOf(ctx context.Context, upkeep *store.Upkeep, text, dir string) (string, error) {
	fingerprint, err := upkeep.Setting(ctx, store.RootKeySetting)
	if errors.Is(err, csp.ErrNotFound) {
		return "none", nil
	}
	if err != nil {
		return "", err
	}
	switch is, there, err := server.IsRoot(fingerprint, text, dir); {
	case err != nil:
		return "", err
	case !there:
		return "notHere", nil
	case !is:
		return "other", nil
	}
	return "matches", nil
}

// rootKeyWords are what people read of it.
var rootKeyWords = map[string]string{
	"matches": "the one of the store",
	"other":   "NOT the one of the store",
	"notHere": "not here; the store needs the one that it was made under",
	"none":    "the store knows none",
}

// findings are lines about them.
func (r *checkReport) findings() (lines []string) {
	for _, finding := range r.Findings {
		lines = append(lines, strings.Join(slices.DeleteFunc([]string{finding.Table, finding.Row}, func(part string) bool { return part == "" }), " ")+": "+finding.Problem)
	}
	unlisted := maps.Clone(r.unlisted)
	for _, finding := range r.Findings {
		kind := store.Finding{Table: finding.Table, Problem: finding.Problem}
		if more := unlisted[kind]; more > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s: %d more", kind.Table, kind.Problem, more))
			delete(unlisted, kind)
		}
	}
	return lines
}

func (r *checkReport) write(w io.Writer) {
	for _, line := range r.findings() {
		fmt.Fprintln(w, line)
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(w)
	}
	lines := [][]string{{"CHECKED", "ROWS", "INVARIANTS", "FINDINGS"}}
	for _, table := range r.Tables {
		lines = append(lines, []string{table.Table, strconv.FormatInt(table.Rows, 10), strconv.Itoa(table.Invariants), strconv.FormatInt(table.Broken, 10)})
	}
	columns(w, lines)
	fmt.Fprintf(w, "\nRoot key: %s.\n", rootKeyWords[r.RootKey])
	if r.Clean {
		fmt.Fprintln(w, "The store is clean.")
	}
}

// openUpkeep opens a store for a command that keeps it.
func openUpkeep(ctx context.Context, url, owner string) (*store.Upkeep, error) {
	if url == memoryStore {
		return nil, wrong("a store in memory ends with its server; name a file, for example --store sqlite:tenantry.db")
	}
	upkeep, err := store.OpenUpkeep(ctx, url, owner)
	if errors.Is(err, store.ErrInUse) {
		return nil, fmt.Errorf("%w: or make a backup of it, which is a store like any other: tenantry backup", err)
	}
	return upkeep, err
}
