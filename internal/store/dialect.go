package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // the driver named sqlite

	"github.com/tenantry/tenantry/internal/csp"
)

// dialect is all that the databases disagree about. Words that only one of them knows stand in the SQL as comments,
// so that the text is valid as it is; spell puts in what this database says there.
type dialect struct {
	driver string
	goose  goose.Dialect
	words  *strings.Replacer

	begin    string        // what a transaction begins with
	look     string        // likewise one that reads one state of the store, whatever is written meanwhile
	setup    string        // what the writer runs before all else; empty: nothing
	readers  int           // how many reads run at once
	wait     time.Duration // how long an answer is waited for; zero: as long as it takes
	nameless bool          // parameters that come in order need no names
	shared   bool          // other servers may write to it at the same time

	name       string // of a store in memory, which its connections find each other by
	path       string // of the file, or empty
	fileSystem string // SQLite's way to that file; empty: there is only one
	database   string // the URL of the database, or empty
	reach      *reach // the way to it; nil: there is but one, which is always open

	// named is an error by the name that we have for it: errLost, errConflict, or as it is. The connection may be nil.
	named func(driver.Conn, error) error
}

var (
	// errLost is an error of the connection. What the database did before it is not known.
	errLost = fmt.Errorf("%w: the database cannot be reached", csp.ErrUnavailable)

	// errConflict is the end of a transaction that another one came in the way of: it has done nothing and may be tried again.
	errConflict = errors.New("another transaction came in the way")
)

// dialectOf reads the URL of a store.
func dialectOf(storeURL string) (*dialect, error) {
	scheme, rest, ok := strings.Cut(storeURL, ":")
	switch {
	case ok && scheme == "sqlite" && rest != "":
		return sqliteDialect(rest)
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		if _, err := pgconn.ParseConfig(storeURL); err != nil {
			return nil, fmt.Errorf("store %s: %w; use postgres://USER:PASSWORD@HOST:PORT/DATABASE", Redacted(storeURL), withoutSecrets(err))
		}
		return postgresDialect(storeURL), nil
	}
	return nil, fmt.Errorf("store %q is not one that can be opened; use sqlite:PATH, for example sqlite:tenantry.db, or postgres://USER:PASSWORD@HOST:PORT/DATABASE", Redacted(storeURL))
}

// withoutSecrets is the cause of an error whose text repeats the URL, passwords and all.
func withoutSecrets(err error) error {
	if cause := errors.Unwrap(err); cause != nil {
		return cause
	}
	return errors.New("it cannot be read")
}

// Redacted is the URL of a store as it may be shown: without a password, wherever somebody has put one.
func Redacted(storeURL string) string {
	if strings.HasPrefix(storeURL, "sqlite:") {
		return storeURL
	}
	scheme, rest, ok := strings.Cut(storeURL, "://")
	if !ok {
		if strings.Contains(storeURL, "@") || strings.Contains(strings.ToLower(storeURL), "password") {
			return hidden
		}
		return storeURL
	}
	authority, query, _ := strings.Cut(rest, "?") // what stands behind may hold a password as well
	if !strings.Contains(authority, "@") && strings.Contains(query, "@") {
		authority, query = rest, "" // it was part of one
	}
	user := ""
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		name, _, hasPassword := strings.Cut(authority[:at], ":")
		if user = name + "@"; hasPassword {
			user = name + ":" + hidden + "@"
		}
		var more string
		if authority, more, ok = strings.Cut(authority[at+1:], "?"); ok {
			query = more
		}
	} else if _, err := url.Parse(storeURL); err != nil {
		authority = hidden // what should be a port may be a password
	}
	if query != "" {
		authority += "?..."
	}
	return scheme + "://" + user + authority
}

// hidden stands where a password was.
const hidden = "xxxxx"

func sqliteDialect(rest string) (_ *dialect, err error) {
	d := &dialect{
		driver: "sqlite",
		goose:  goose.DialectSQLite3,
		words: strings.NewReplacer(
			"BIGINT/*rowid*/", "INTEGER", // the table is kept in the order of this key
			"/*narrow*/", " WITHOUT ROWID", // the table is its own index
			"/*C*/", "", // bytes are compared as bytes anyhow
		),
		begin: `BEGIN IMMEDIATE`,
		look:  `BEGIN`,

		// It keeps more pages than a reader, whose are void after each commit; with many more, each commit spends a fifth of its time
		// on looking through them.
		setup: `PRAGMA cache_size = -8192`,

		nameless: true,

		// More do not help: reads take microseconds of CPU, and each reader keeps pages of its own.
		readers: 4,
		named:   func(_ driver.Conn, err error) error { return err },
	}
	if rest == ":memory:" {
		d.name = rand.Text()
		return d, nil
	}
	d.path = rest
	d.fileSystem, err = fileSystem()
	return d, err
}

// applicationName is what PostgreSQL tells of our connections.
const applicationName = "application_name=tenantry"

// replicaDialect is that of a copy of a PostgreSQL database, which answers soon or is not asked.
func replicaDialect(replicaURL string) (*dialect, error) {
	d, err := dialectOf(replicaURL)
	if err == nil && !d.shared {
		err = errors.New("it is not a PostgreSQL database; use postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	if err != nil {
		return nil, fmt.Errorf("replica %s: %w", Redacted(replicaURL), err)
	}
	d = postgresDialect(withSettings(replicaURL, "connect_timeout=2", "target_session_attrs=standby"))
	d.wait = 5 * time.Second
	return d, nil
}

// withSettings is the URL with those of the settings that it does not say itself.
func withSettings(storeURL string, settings ...string) string {
	for _, setting := range settings {
		name, _, _ := strings.Cut(setting, "=")
		separator := "?"
		if strings.Contains(storeURL, "?") {
			separator = "&"
		}
		if !strings.Contains(storeURL, name+"=") {
			storeURL += separator + setting
		}
	}
	return storeURL
}

func postgresDialect(storeURL string) *dialect {
	// A server that does not answer is given up sooner than the system would, and one that takes no writes is of no use; all of it can
	// be said otherwise in the URL.
	storeURL = withSettings(storeURL, "connect_timeout=5", "target_session_attrs=read-write", applicationName)
	return &dialect{
		driver: "pgx",
		goose:  goose.DialectPostgres,
		words: strings.NewReplacer(
			"/*rowid*/", "",
			"/*narrow*/", "",
			"/*C*/", ` COLLATE "C"`,
		),

		// Each transaction is as if it were alone, as on SQLite, where it is: what it read it may build on.
		begin:    `BEGIN ISOLATION LEVEL SERIALIZABLE`,
		look:     `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY`,
		readers:  16, // each waits for the network
		wait:     15 * time.Second,
		shared:   true,
		database: storeURL,
		reach:    newReach(),
		named:    postgresError,
	}
}

// postgresError names what PostgreSQL and its driver say of lost connections and of conflicts.
func postgresError(conn driver.Conn, err error) error {
	var refused *pgconn.PgError
	answered := errors.As(err, &refused)
	switch {
	case answered && (refused.Code == "40001" || refused.Code == "40P01"), // serialization failure, deadlock
		answered && refused.Code == "23505": // another server has made a row of the same number: all else that has to be unique is asked for
		return fmt.Errorf("%w: %w", errConflict, err)
	case answered && refused.Code == "25006", // the server has become a replica
		conn == nil, // it never was a connection
		conn.(*stdlib.Conn).Conn().IsClosed():
		return fmt.Errorf("%w: %w", errLost, err)
	case answered && slices.Contains(passing, refused.Code[:2]):
		return fmt.Errorf("%w: %w", csp.ErrUnavailable, err)
	}
	return err
}

// passing are the classes of what PostgreSQL says of its own state, whatever it was asked: no disk, memory or connection is left (53),
// a lock or its object is in use (55), somebody has stopped it (57), the system fails it (58).
var passing = []string{"53", "55", "57", "58"}

// spell writes the SQL in this database's words.
func (d *dialect) spell(query string) string {
	query = d.words.Replace(query)
	if d.nameless {
		return withoutNames(query)
	}
	return query
}

var parameter = regexp.MustCompile(`\$([0-9]+)`)

// withoutNames writes ? for each parameter of a query that has $1, $2 and so on in their order, once each. The driver asks SQLite for the
// name of each parameter, which takes the longer the more of them have one: with hundreds, as long as the insertion itself.
func withoutNames(query string) string {
	for i, match := range parameter.FindAllStringSubmatch(query, -1) {
		if match[1] != strconv.Itoa(i+1) {
			return query
		}
	}
	return parameter.ReplaceAllLiteralString(query, "?")
}

// unfit is why the database cannot keep the text; empty: it can.
func (d *dialect) unfit(text string) string {
	switch {
	case d.database == "":
		return ""
	case strings.IndexByte(text, 0) >= 0:
		return "a zero byte"
	case !utf8.ValidString(text):
		return "what is no UTF-8"
	}
	return ""
}

// patient is the context of a question.
func (d *dialect) patient() (context.Context, context.CancelFunc) {
	if d.wait == 0 {
		return context.Background(), func() {} // it would take longer to stop a query than it takes to end
	}
	return context.WithTimeout(context.Background(), d.wait)
}

// connect opens a connection, on which nothing is cancelled while it is committing.
func (d *dialect) connect(source string, committing *atomic.Bool) (driver.Conn, error) {
	if d.reach != nil {
		return d.reach.connect(source, committing)
	}
	pool, err := sql.Open(d.driver, source) // connects to nothing
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	return pool.Driver().Open(source)
}

// locker lets one server at a time bring the schema up to date.
func (d *dialect) locker() ([]goose.ProviderOption, error) {
	if !d.shared {
		return nil, nil
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // each second for five minutes
	return []goose.ProviderOption{goose.WithSessionLocker(locker)}, err
}

// mapped has the first reader map the file, two gigabytes of it at most, which is what SQLite can: a page that it does not have
// costs a copy else, and in a large store it has next to none. The others do not, because the system would count the file as
// memory of the process once for each.
const mapped = "mmap_size(2147418112)"

// source is the driver's data source name, with more pragmas than all connections have.
//
// WAL with synchronous FULL makes a commit durable with one sync of the log, and package walfile relies on it. SQLite makes no
// checkpoints by itself: see checkpoints. A statement that meets a lock waits. Measurements: docs/decisions/0003 and 0021.
func (d *dialect) source(pragmas ...string) string {
	if d.database != "" {
		return d.database
	}
	options := url.Values{"_pragma": append([]string{
		"busy_timeout(10000)",
		"foreign_keys(0)",
		"temp_store(MEMORY)",
		"cache_size(-2048)",
	}, pragmas...)}
	if d.path == "" {
		options.Set("vfs", "memdb")
		return "file:/" + d.name + "?" + options.Encode()
	}
	if d.fileSystem != "" {
		options.Set("vfs", d.fileSystem)
	}
	options["_pragma"] = append(options["_pragma"],
		"journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(0)", "journal_size_limit(134217728)")
	return "file:" + (&url.URL{Path: d.path}).EscapedPath() + "?" + options.Encode()
}
