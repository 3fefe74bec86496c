package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// contents are all rows of the tables that are copied, with the types that SQLite has them under, or PostgreSQL.
func contents(t *testing.T, url string) map[string][][]string {
	t.Helper()
	d, err := dialectOf(url)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open(d.driver, d.source())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	all := map[string][][]string{}
	for _, table := range tables {
		if table.passing {
			continue
		}
		var texts []string
		for _, column := range table.columns {
			switch {
			case d.database == "" && column.kind == bytesKind:
				texts = append(texts, "typeof("+column.name+") || lower(hex("+column.name+"))")
			case d.database == "":
				texts = append(texts, "typeof("+column.name+") || "+column.name)
			case column.kind == bytesKind:
				texts = append(texts, "'blob' || encode("+column.name+", 'hex')")
			case column.kind == textKind:
				texts = append(texts, "'text' || "+column.name)
			case column.kind == flagKind:
				texts = append(texts, "'integer' || "+column.name+"::int")
			default:
				texts = append(texts, "'integer' || "+column.name)
			}
		}
		all[table.name] = mustRead(t, pool, "SELECT "+strings.Join(texts, ", ")+" FROM "+table.name+" ORDER BY "+strings.Join(table.key, ", "))
	}
	return all
}

// smallPages has copies of few rows consist of many pages.
func smallPages(t *testing.T, rows int) {
	before := copyPage
	copyPage = rows
	t.Cleanup(func() { copyPage = before })
}

// TestCopy copies a store around, from SQLite to each PostgreSQL, to the next one, and back: each has every row, byte by byte.
func TestCopy(t *testing.T) {
	smallPages(t, 2)
	ctx, dir := t.Context(), t.TempDir()
	first := "sqlite:" + filepath.Join(dir, "tenantry.db")
	fullWorld(t, first)
	odd(t, first, `UPDATE validation_codes SET organization = 'Straße "🦅" \ ' || char(9, 10, 127, 8232, 65533)`)
	want := contents(t, first)
	urls := []string{first}
	for _, server := range postgrestest.Servers(t) {
		urls = append(urls, server.NewDatabase(t))
	}
	urls = append(urls, "sqlite:"+filepath.Join(dir, "back", "tenantry.db"), "sqlite:"+filepath.Join(dir, "again.db"))
	for i, to := range urls[1:] {
		from := urls[i]
		var told []CopyProgress
		fingerprint := ""
		copied, err := Copy(ctx, from, to, CopyOptions{
			Accept:   func(text string) error { fingerprint = text; return nil },
			Progress: func(step CopyProgress) { told = append(told, step) },
		})
		if err != nil {
			t.Fatalf("copy %d: %v", i+1, err)
		}
		if fingerprint != "fingerprint" || copied.Resumed {
			t.Errorf("copy %d: got the fingerprint %q, resumed %t", i+1, fingerprint, copied.Resumed)
		}
		if diff := cmp.Diff(want, contents(t, to)); diff != "" {
			t.Errorf("copy %d (-source +copy):\n%s", i+1, diff)
		}
		done := 0
		for _, step := range told {
			if step.Done {
				done++
				if rows := int64(len(want[step.Table])); step.Rows != rows || step.Of != rows {
					t.Errorf("copy %d: told %+v, want %d rows", i+1, step, rows)
				}
			}
		}
		if done != 2*len(want) || len(copied.Tables) != len(want) {
			t.Errorf("copy %d: told of the end of %d tables, copied %d, want %d twice", i+1, done, len(copied.Tables), len(want))
		}
		for _, table := range copied.Tables {
			if table.Rows != int64(len(want[table.Table])) {
				t.Errorf("copy %d: got %+v, want %d rows", i+1, table, len(want[table.Table]))
			}
		}
		if found := mustCheck(t, to); len(found) > 0 {
			t.Errorf("copy %d: check: got %+v", i+1, found)
		}
		if _, err := Copy(ctx, from, to, CopyOptions{}); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("copy %d, once more: got %v, want %v", i+1, err, ErrNotEmpty)
		}
		if _, err := Copy(ctx, from, to, CopyOptions{Restart: true}); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("copy %d, over a whole store: got %v, want %v", i+1, err, ErrNotEmpty)
		}
	}
	db, err := Open(ctx, urls[len(urls)-1], Options{})
	if err != nil {
		t.Fatal(err)
	}
	addPartner(t, db, "late")
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// odd changes a store behind its back.
func odd(t *testing.T, url, statement string) {
	t.Helper()
	pool, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	result, err := pool.ExecContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	if changed, err := result.RowsAffected(); err != nil || changed == 0 {
		t.Fatalf("%s: changed nothing, %v", statement, err)
	}
}

// stopAfter ends a copy with an error of its own after so many pages.
func stopAfter(pages int) (context.Context, CopyOptions) {
	ctx, cancel := context.WithCancel(context.Background())
	return ctx, CopyOptions{Progress: func(CopyProgress) {
		if pages--; pages == 0 {
			cancel()
		}
	}}
}

// targets are new ones of each kind.
func targets(t *testing.T) map[string]string {
	return map[string]string{
		"sqlite":     "sqlite:" + filepath.Join(t.TempDir(), "copy.db"),
		"postgresql": postgrestest.Newest(t).NewDatabase(t),
	}
}

// TestCopyUnfinished leaves a copy unfinished: nobody opens it, and it is no copy of anything else.
func TestCopyUnfinished(t *testing.T) {
	smallPages(t, 2)
	for name, to := range targets(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			from := "sqlite:" + filepath.Join(dir, "tenantry.db")
			fullWorld(t, from)
			ctx, options := stopAfter(20)
			if _, err := Copy(ctx, from, to, options); !errors.Is(err, context.Canceled) {
				t.Fatalf("interrupted: got %v", err)
			}
			ctx = t.Context()
			if db, err := Open(ctx, to, Options{}); !errors.Is(err, ErrUnfinished) {
				t.Errorf("open: got %v, %v, want %v", db, err, ErrUnfinished)
			}
			if upkeep, err := OpenUpkeep(ctx, to, "the test"); !errors.Is(err, ErrUnfinished) {
				t.Errorf("upkeep: got %v, %v, want %v", upkeep, err, ErrUnfinished)
			}
			if _, err := Copy(ctx, to, "sqlite:"+filepath.Join(dir, "third.db"), CopyOptions{}); !errors.Is(err, ErrUnfinished) {
				t.Errorf("as a source: got %v, want %v", err, ErrUnfinished)
			}
			other := "sqlite:" + filepath.Join(dir, "other.db")
			fullWorld(t, other)
			if _, err := Copy(ctx, other, to, CopyOptions{}); !errors.Is(err, ErrSourceChanged) {
				t.Errorf("of another source: got %v, want %v", err, ErrSourceChanged)
			}
			db, err := Open(ctx, from, Options{})
			if err != nil {
				t.Fatal(err)
			}
			addPartner(t, db, "late")
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := Copy(ctx, from, to, CopyOptions{}); !errors.Is(err, ErrSourceChanged) {
				t.Errorf("of a source that has changed: got %v, want %v", err, ErrSourceChanged)
			}
			if copied, err := Copy(ctx, from, to, CopyOptions{Restart: true}); err != nil || copied.Resumed {
				t.Errorf("anew: got %+v, %v", copied, err)
			}
			if diff := cmp.Diff(contents(t, from), contents(t, to)); diff != "" {
				t.Errorf("(-source +copy):\n%s", diff)
			}
		})
	}
}

// TestCopyServed copies a database that a server writes to: it is found out when the copy begins, and if it comes later.
func TestCopyServed(t *testing.T) {
	smallPages(t, 2)
	server := postgrestest.Newest(t)
	from, to := server.NewDatabase(t), server.NewDatabase(t)
	fullWorld(t, from)
	ctx := t.Context()
	db, err := Open(ctx, from, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Copy(ctx, from, to, CopyOptions{}); !errors.Is(err, ErrInUse) {
		t.Errorf("of a store that is served: got %v, want %v", err, ErrInUse)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	steps, last := 0, 0
	write := func(CopyProgress) {
		if steps++; steps != last {
			return
		}
		db, err := Open(ctx, from, Options{})
		if err != nil {
			t.Fatal(err)
		}
		addPartner(t, db, fmt.Sprintf("late%d", last))
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, last = range []int{1, 30, 70} { // while it is copied, and while it is compared
		steps = 0
		if _, err := Copy(ctx, from, to, CopyOptions{Restart: true, Progress: write}); !errors.Is(err, ErrSourceChanged) {
			t.Errorf("written to at page %d of %d: got %v, want %v", last, steps, err, ErrSourceChanged)
		}
	}
	if db, err := Open(ctx, to, Options{}); !errors.Is(err, ErrUnfinished) {
		t.Errorf("open the copy: got %v, %v, want %v", db, err, ErrUnfinished)
	}
}

// TestCopyMeddled writes to the copy while it is made.
func TestCopyMeddled(t *testing.T) {
	smallPages(t, 2)
	from := "sqlite:" + filepath.Join(t.TempDir(), "tenantry.db")
	fullWorld(t, from)
	for statement, want := range map[string]string{
		`UPDATE names SET shown = 'Lynx' WHERE partner = 3`:                             "names partner=3 name=\"straße juniper\" customer=",
		`DELETE FROM validation_codes`:                                                  "validation_codes partner=1 id=40017 is not in the copy",
		`INSERT INTO mfa_lapses (partner, account, name, last) VALUES (9, '\x', '', 1)`: "mfa_lapses partner=9 account= is in the copy, and not in the source",
		`DELETE FROM settings`:                                                          "somebody else copies to this target",
	} {
		to := postgrestest.Newest(t).NewDatabase(t)
		_, err := Copy(t.Context(), from, to, CopyOptions{Progress: func(step CopyProgress) {
			if step.Table == "granular_relationships" && !step.Comparing {
				migrated(t, to, statement)
			}
		}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", statement, err, want)
		}
	}
}

// TestCopyUnfit copies texts that PostgreSQL cannot keep: each is named, and SQLite takes them.
func TestCopyUnfit(t *testing.T) {
	smallPages(t, 2)
	dir := t.TempDir()
	from := "sqlite:" + filepath.Join(dir, "tenantry.db")
	fullWorld(t, from)
	odd(t, from, `UPDATE names SET shown = 'a' || char(0) || 'b' WHERE partner = 3`)
	odd(t, from, `UPDATE settings SET value = CAST(x'ff' AS TEXT)`)
	odd(t, from, `UPDATE validation_codes SET id = CAST(x'0aff' AS TEXT)`)
	to := postgrestest.Newest(t).NewDatabase(t)
	_, err := Copy(t.Context(), from, to, CopyOptions{})
	for _, want := range []string{
		`names partner=3 name="straße juniper" customer=`, `: column shown holds a zero byte`,
		`settings name="root key": column value holds what is no UTF-8`,
		`validation_codes partner=1 id="\n\xff": column id holds what is no UTF-8`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	lite := "sqlite:" + filepath.Join(dir, "copy.db")
	if _, err := Copy(t.Context(), from, lite, CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(contents(t, from), contents(t, lite)); diff != "" {
		t.Errorf("(-source +copy):\n%s", diff)
	}
	odd(t, from, `UPDATE tenants SET name = x'00' WHERE n = 1`)
	if _, err := Copy(t.Context(), from, "sqlite:"+filepath.Join(dir, "bytes.db"), CopyOptions{}); err == nil || !strings.Contains(err.Error(), "read table tenants: n=1: column name: ") {
		t.Errorf("bytes in a text: got %v", err)
	}
}

// TestCopyRefuses refuses before anything is written.
func TestCopyRefuses(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	from := "sqlite:" + filepath.Join(dir, "tenantry.db")
	fullWorld(t, from)
	to := "sqlite:" + filepath.Join(dir, "new", "copy.db")
	refusal := errors.New("not under this key")
	if _, err := Copy(ctx, from, to, CopyOptions{Accept: func(string) error { return refusal }}); !errors.Is(err, refusal) {
		t.Errorf("another key: got %v", err)
	}
	if _, err := Copy(ctx, "sqlite:"+filepath.Join(dir, "nothing.db"), to, CopyOptions{}); !errors.Is(err, ErrNoStore) {
		t.Errorf("no source: got %v, want %v", err, ErrNoStore)
	}
	if _, err := Copy(ctx, "sqlite::memory:", to, CopyOptions{}); !errors.Is(err, ErrNoStore) {
		t.Errorf("a source in memory: got %v, want %v", err, ErrNoStore)
	}
	if _, err := Copy(ctx, from, "sqlite::memory:", CopyOptions{}); !errors.Is(err, ErrNoStore) {
		t.Errorf("a target in memory: got %v, want %v", err, ErrNoStore)
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after all that: got %v, want no target", err)
	}
	if _, err := Copy(ctx, from, from, CopyOptions{}); !errors.Is(err, ErrInUse) {
		t.Errorf("to itself: got %v, want %v", err, ErrInUse)
	}
	db, err := Open(ctx, from, Options{Owner: "a server"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Copy(ctx, from, to, CopyOptions{}); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "a server") {
		t.Errorf("a source that is served: got %v, want %v", err, ErrInUse)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, to := range targets(t) {
		other, err := Open(ctx, to, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Claim(ctx, RootKeySetting, "another"); err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Copy(ctx, from, to, CopyOptions{Restart: true}); !errors.Is(err, ErrNotEmpty) || !strings.Contains(err.Error(), "table settings") {
			t.Errorf("%s that has another key: got %v, want %v", name, err, ErrNotEmpty)
		}
	}
}

// killedAt has a process of TestCopyKilled copy, and end in the middle: from, to, and after how many pages.
const killedAt = "TENANTRY_TEST_COPY_KILLED"

// TestCopyKilled kills the process that copies, again and again, a few pages after where the one before was killed.
func TestCopyKilled(t *testing.T) {
	smallPages(t, 2)
	if arguments := strings.Split(os.Getenv(killedAt), "\n"); len(arguments) == 3 {
		pages := 0
		_, err := Copy(context.Background(), arguments[0], arguments[1], CopyOptions{Progress: func(CopyProgress) {
			if pages++; fmt.Sprint(pages) == arguments[2] {
				self, _ := os.FindProcess(os.Getpid())
				_ = self.Kill()
				select {} // nothing runs on from here
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	dir := t.TempDir()
	lite, back := "sqlite:"+filepath.Join(dir, "tenantry.db"), "sqlite:"+filepath.Join(dir, "back.db")
	fullWorld(t, lite)
	postgres := postgrestest.Newest(t).NewDatabase(t)
	want := contents(t, lite)
	for _, way := range [][2]string{{lite, postgres}, {postgres, back}} {
		kills := 0
		for {
			process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCopyKilled$")
			process.Env = append(os.Environ(), killedAt+"="+way[0]+"\n"+way[1]+"\n9")
			said, err := process.CombinedOutput()
			if err == nil {
				t.Fatalf("a process that is killed after nine pages has copied all: %s", said)
			}
			if process.ProcessState.Exited() {
				t.Fatalf("the process ended by itself: %v\n%s", err, said)
			}
			if kills++; len(contents(t, way[1])["granular_relationships"]) > 0 {
				break
			}
		}
		if kills < 4 {
			t.Errorf("killed %d times, want more", kills)
		}
		copied, err := Copy(t.Context(), way[0], way[1], CopyOptions{})
		if err != nil || !copied.Resumed {
			t.Fatalf("after %d kills: got %+v, %v", kills, copied, err)
		}
		if diff := cmp.Diff(want, contents(t, way[1])); diff != "" {
			t.Errorf("after %d kills (-source +copy):\n%s", kills, diff)
		}
	}
	mustBeCopied(t, back)
}

// mustBeCopied opens the store, and looks for what the world of the tests has.
func mustBeCopied(t *testing.T, url string) {
	t.Helper()
	db, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if partners, err := db.Partners(t.Context()); err != nil || len(partners) != 3 {
		t.Errorf("partners: got %v, %v, want 3", partners, err)
	}
}
