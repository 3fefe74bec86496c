package store

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTables compares the list of tables with what the migrations make.
func TestTables(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "tenantry.db")
	fullWorld(t, url)
	upkeep := mustUpkeep(t, url)
	names := mustRead(t, upkeep.pool, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'goose_db_version' ORDER BY name`)
	var listed [][]string
	for _, table := range tables {
		listed = append(listed, []string{table.name})
		var got []string
		for _, column := range table.columns {
			got = append(got, column.name+" "+string(column.kind))
		}
		var want []string
		for _, column := range mustRead(t, upkeep.pool, `SELECT name, type FROM pragma_table_info('`+table.name+`') ORDER BY cid`) {
			want = append(want, column[0]+" "+string(kinds[column[1]]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("columns of %s (-schema +list):\n%s", table.name, diff)
		}
		var key []string
		for _, column := range mustRead(t, upkeep.pool, `SELECT name FROM pragma_table_info('`+table.name+`') WHERE pk > 0 ORDER BY pk`) {
			key = append(key, column[0])
		}
		if !slices.Equal(key, table.key) {
			t.Errorf("key of %s: the schema has %v, the list %v", table.name, key, table.key)
		}
		if rows := mustRead(t, upkeep.pool, `SELECT COUNT(*) FROM `+table.name); rows[0][0] == "0" && !table.passing {
			t.Errorf("the world of the tests has nothing in %s", table.name)
		}
	}
	slices.SortFunc(listed, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	if diff := cmp.Diff(names, listed); diff != "" {
		t.Errorf("tables (-schema +list):\n%s", diff)
	}
}

var kinds = map[string]columnKind{"INTEGER": numberKind, "BIGINT": numberKind, "TEXT": textKind, "BYTEA": bytesKind, "BOOLEAN": flagKind}

func mustUpkeep(t *testing.T, url string) *Upkeep {
	t.Helper()
	upkeep, err := OpenUpkeep(t.Context(), url, "the test "+t.Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := upkeep.Close(); err != nil {
			t.Error(err)
		}
	})
	return upkeep
}

// mustRead reads rows as texts.
func mustRead(t *testing.T, pool *sql.DB, query string) (read [][]string) {
	t.Helper()
	rows, err := pool.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	err = readRows(rows, func(row *sql.Rows) error {
		texts, into := make([]string, len(columns)), make([]any, len(columns))
		for i := range texts {
			into[i] = &texts[i]
		}
		read = append(read, texts)
		return row.Scan(into...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return read
}
