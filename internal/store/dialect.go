package store

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/pressly/goose/v3"
)

// dialect is all that the databases disagree about. Words that only one of them knows stand in the SQL as comments,
// so that the text is valid as it is; spell puts in what this database says there.
type dialect struct {
	driver string
	goose  goose.Dialect
	words  *strings.Replacer
	tidy   string // what the writer runs when it has been idle for a while
	mapped string // pragma of a connection that maps the file

	path   string // of the file, or empty
	memory bool
}

// writerSetup is run on the connection that writes. It keeps more pages than a reader, whose are void after each commit; with
// many more, each commit spends a fifth of its time on looking through them.
const writerSetup = `PRAGMA cache_size = -8192`

var sqliteWords = strings.NewReplacer(
	"BIGINT/*rowid*/", "INTEGER", // the table is kept in the order of this key
	"/*narrow*/", " WITHOUT ROWID", // the table is its own index
	"/*C*/", "", // bytes are compared as bytes anyhow
)

// dialectOf reads the URL of a store.
func dialectOf(storeURL string) (*dialect, error) {
	scheme, rest, ok := strings.Cut(storeURL, ":")
	if !ok || scheme != "sqlite" || rest == "" {
		return nil, fmt.Errorf("store %q is not one that can be opened; use sqlite:PATH, for example sqlite:tenantry.db", storeURL)
	}
	d := &dialect{driver: "sqlite", goose: goose.DialectSQLite3, words: sqliteWords, tidy: `PRAGMA wal_checkpoint(PASSIVE)`, mapped: mapped}
	if rest == ":memory:" {
		d.memory = true
	} else {
		d.path = rest
	}
	return d, nil
}

// spell writes the SQL in this database's words.
func (d *dialect) spell(query string) string { return d.words.Replace(query) }

// mapped has the first reader map the file, two gigabytes of it at most, which is what SQLite can: a page that it does not have
// costs a copy else, and in a large store it has next to none. The others do not, because the system would count the file as
// memory of the process once for each.
const mapped = "mmap_size(2147418112)"

// source is the driver's data source name, with more pragmas than all connections have.
//
// WAL with synchronous FULL makes a commit durable with one sync of the log. A checkpoint stops the writer: with 4000 pages
// it is short enough not to be the slowest answer in a hundred. A statement that meets a lock waits. Measurements:
// docs/decisions/0003.
func (d *dialect) source(name string, pragmas ...string) string {
	options := url.Values{"_pragma": append([]string{
		"busy_timeout(10000)",
		"foreign_keys(0)",
		"temp_store(MEMORY)",
		"cache_size(-2048)",
	}, pragmas...)}
	if d.memory {
		options.Set("vfs", "memdb")
		return "file:/" + name + "?" + options.Encode()
	}
	if exclusiveVFS != "" {
		options.Set("vfs", exclusiveVFS)
	}
	options["_pragma"] = append(options["_pragma"],
		"journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)", "journal_size_limit(134217728)")
	return "file:" + (&url.URL{Path: d.path}).EscapedPath() + "?" + options.Encode()
}
