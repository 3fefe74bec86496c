package store

import "strings"

// table is a table as the commands see that go through all of it.
type table struct {
	name    string
	key     []string // in whose order its rows are read
	columns []column
	passing bool // it is about the servers of this database, and copied to no other
}

// column is a column of a table.
type column struct {
	name string
	kind columnKind
}

// columnKind is what a column holds.
type columnKind string

const (
	numberKind columnKind = "number"
	textKind   columnKind = "text"
	bytesKind  columnKind = "bytes"
	flagKind   columnKind = "flag"
)

// tables are all that the migrations make, in the order of their making, with what each column holds.
var tables = []table{
	newTable("tenants", "n", "n number, id bytes, name text, domain text, created number, profile text"),
	newTable("domains", "name", "name text, tenant number, profile text"),
	newTable("partners", "n", "n number, id bytes, kind text, country text, mpn_id text, sandbox flag, agreement flag"),
	newTable("partnerships", "provider, reseller", "provider number, reseller number"),
	newTable("relationships", "partner, customer", "partner number, customer number, reseller number, provider number, delegated flag, account number"),
	newTable("names", "partner, name, customer", "partner number, name text, customer number, id bytes, shown text, domain text"),
	newTable("users", "tenant, name", "tenant number, name text, id bytes, credential bytes, profile text, display text"),
	newTable("apps", "id", "id bytes, tenant number, profile text"),
	newTable("ledger", "n", "n number, call bytes, status number, answer text"),
	newTable("signing_keys", "id", "id text, created number, certificate bytes, sealed bytes"),
	newTable("settings", "name", "name text, value text"),
	newTable("documents", "customer, kind, id", "customer number, kind text, id text, document text"),
	newTable("audit", "partner, n", "partner number, n number, customer bytes, resource text, name text, record text"),
	newTable("webhooks", "partner", "partner number, registration text"),
	newTable("deliveries", "id", "id bytes, partner number, queued number, state text, due number, event text, results text"),
	newTable("validation_codes", "partner, id", "partner number, id text, organization text, max_creates number, used number, changed number"),
	newTable("consents", "tenant, app, granter, permission", "tenant bytes, app bytes, granter bytes, permission text"),
	newTable("codes", "n", "n number, hash bytes, granted text, expires number, redeemed flag, family bytes"),
	newTable("devices", "n", "n number, hash bytes, user_code text, client bytes, tenant bytes, scope text, resource text, state text, expires number, polled number, granted text"),
	newTable("families", "id", "id bytes, granted text, used number, generation number, revoked flag"),
	newTable("members", "tenant, role, member", "tenant number, role text, member bytes"),
	newTable("deleted_users", "tenant, id", "tenant number, id bytes, display text, deleted number, credential bytes, profile text"),
	newTable("user_requests", "n", "n number, partner number, request text"),
	newTable("mfa_adoption", "partner, day, app", "partner number, day number, app text, compliant number, total number"),
	newTable("mfa_lapses", "partner, account", "partner number, account bytes, name text, last number"),
	newTable("second_factors", "tenant, account", "tenant number, account bytes, id bytes, sealed bytes, enrolled number, step number"),
	newTable("granular_relationships", "id", "id text, partner number, customer number, name text, due number, relationship text"),
	newTable("accounts", "customer, account", "customer number, account number, name text, profile text"),
	newTable("buckets", "id", "id text, full_at number").passes(),
	newTable("guesses", "who", "who bytes, wrong number, tried text, last number, locked number").passes(),
	newTable("marks", "writer", "writer text, number number, at number").passes(),
}

func newTable(name, key, columns string) table {
	t := table{name: name, key: strings.Split(key, ", ")}
	for _, text := range strings.Split(columns, ", ") {
		column := column{}
		var kind string
		column.name, kind, _ = strings.Cut(text, " ")
		column.kind = columnKind(kind)
		t.columns = append(t.columns, column)
	}
	return t
}

func (t table) passes() table {
	t.passing = true
	return t
}
