package store

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// breaks are ways to break each invariant.
var breaks = []struct {
	table, problem string
	statement      string
}{
	{"tenants", "is a partner's, and has a customer's profile", `UPDATE tenants SET profile = '{}' WHERE n = 1`},
	{"tenants", "is no partner's, and has no profile", `UPDATE tenants SET profile = '' WHERE n = ` + kestrel},
	{"tenants", "has no initial domain", `DELETE FROM domains WHERE name = 'kestrel.onmicrosoft.com'`},
	{"tenants", "has no initial domain", `UPDATE domains SET tenant = 1 WHERE name = 'kestrel.onmicrosoft.com'`},
	{"tenants", "has no user", `DELETE FROM users WHERE tenant = ` + juniper},
	{"tenants", "has no administrator", `DELETE FROM members WHERE tenant = ` + kestrel + ` AND role LIKE '62e9%'`},
	{"tenants", "is nobody's customer, and no record tells of an end", `DELETE FROM relationships WHERE customer = ` + kestrel},
	{"tenants", "is nobody's customer, and no record tells of an end", `DELETE FROM audit WHERE record LIKE '%remove_partner_customer_relationship%'`},
	{"tenants", cannotRead, `UPDATE tenants SET profile = '{"a' WHERE n = ` + kestrel},
	{"tenants", cannotRead, `UPDATE tenants SET name = x'00' WHERE n = ` + kestrel},
	{"tenants", noID, `UPDATE tenants SET id = x'00' WHERE n = ` + kestrel},
	{"tenants", "has a number that is not its id's", `UPDATE tenants SET id = x'019ca9450a0070039554263850b678d7' WHERE n = ` + kestrel},
	{"tenants", "has another name than its profile", `UPDATE tenants SET name = 'Lynx' WHERE n = ` + kestrel},
	{"tenants", "has a further domain that is not there", `DELETE FROM domains WHERE name = 'kestrel.example'`},

	{"domains", "is of no tenant", `UPDATE domains SET tenant = 99 WHERE name = 'contoso.onmicrosoft.com'`},
	{"domains", "is not the initial one of its tenant", `INSERT INTO domains (name, tenant, profile) VALUES ('lynx.example', 1, '')`},
	{"domains", cannotRead, `UPDATE domains SET profile = '{"domain"' WHERE name = 'kestrel.example'`},
	{"domains", otherFolded, `UPDATE domains SET name = 'Kestrel.example' WHERE name = 'kestrel.example'`},
	{"domains", otherFolded, `UPDATE domains SET name = 'lynx.example' WHERE name = 'kestrel.example'`},
	{"domains", "is unknown to its tenant", `UPDATE tenants SET profile = json_remove(profile, '$.customDomains') WHERE n = ` + kestrel},

	{"partners", "has no tenant", `DELETE FROM tenants WHERE n = 3`},
	{"partners", "has another id than its tenant", `UPDATE tenants SET id = x'019ca9450a0070039554263850b678d7' WHERE n = 3`},
	{"partners", "is of no known kind", `UPDATE partners SET kind = 'other' WHERE n = 3`},
	{"partnerships", "is of no provider", `DELETE FROM partners WHERE n = 2`},
	{"partnerships", "is of no reseller", `DELETE FROM partners WHERE n = 3`},

	{"relationships", "is of no partner", `UPDATE relationships SET partner = 9 WHERE customer = ` + kestrel},
	{"relationships", "has no tenant", `DELETE FROM tenants WHERE n = ` + kestrel},
	{"relationships", "has no tenant", `UPDATE relationships SET customer = 2 WHERE customer = ` + kestrel},
	{"relationships", noSides, `UPDATE relationships SET provider = 0 WHERE partner = 3`},
	{"relationships", noSides, `UPDATE relationships SET provider = 1, reseller = 1 WHERE partner = 3`},
	{"relationships", "is not mirrored by that of the other partner", `DELETE FROM relationships WHERE partner = 3`},
	{"relationships", "is not mirrored by that of the other partner", `UPDATE relationships SET delegated = 0 WHERE partner = 3`},
	{"relationships", "is of an account that is not there", `DELETE FROM accounts`},
	{"relationships", "is of another partner's account", `UPDATE relationships SET account = 2 WHERE account = 1`},
	{"relationships", "is not among the names", `DELETE FROM names WHERE partner = 3`},

	{"names", "is of no relationship", `UPDATE names SET partner = 9 WHERE partner = 3`},
	{"names", otherFolded, `UPDATE names SET name = 'lynx' WHERE partner = 3`},
	{"names", "shows another name than the customer has", `UPDATE names SET name = 'lynx', shown = 'Lynx' WHERE partner = 3`},
	{"names", "shows another name than the customer has", `UPDATE accounts SET name = 'Lynx'`},
	{"names", "shows another domain than the customer has", `UPDATE names SET domain = 'lynx' WHERE partner = 3`},
	{"names", "shows another id than the customer has", `UPDATE names SET id = x'019ca9450a0070039554263850b678d7' WHERE partner = 3`},
	{"names", cannotRead, `UPDATE names SET shown = x'00' WHERE partner = 3`},

	{"users", "is of no tenant", `UPDATE users SET tenant = 99 WHERE tenant = ` + juniper},
	{"users", "is in no index, though not alone", `UPDATE users SET display = '' WHERE name LIKE 'ana@%'`},
	{"users", "is in no index, though not alone", `INSERT INTO members (tenant, role, member) SELECT tenant, 'role', id FROM users WHERE tenant = ` + juniper},
	{"users", "is a partner's, and in the index of customers' users", `UPDATE users SET display = 'admin' WHERE tenant = 1`},
	{"users", "is among the deleted as well", `INSERT INTO deleted_users (tenant, id, display, deleted, credential, profile) SELECT tenant, id, display, 0, x'', profile FROM users WHERE name LIKE 'ana@%'`},
	{"users", cannotRead, `UPDATE users SET profile = 'x' WHERE name LIKE 'ana@%'`},
	{"users", noID, `UPDATE users SET id = x'00' WHERE name LIKE 'ana@%'`},
	{"users", otherFolded, `UPDATE users SET name = 'zoe@kestrel.onmicrosoft.com' WHERE name LIKE 'ana@%'`},
	{"users", otherShown, `UPDATE users SET display = 'zoe' WHERE name LIKE 'ana@%'`},
	{"users", "is alone, and no administrator", `UPDATE users SET profile = json_remove(profile, '$.roles') WHERE tenant = ` + juniper},
	{"users", "has a role and is not among its members", `DELETE FROM members WHERE role NOT LIKE '62e9%'`},
	{"members", "is no user", `INSERT INTO members (tenant, role, member) VALUES (` + kestrel + `, 'role', x'019ca9450a0070039554263850b678d7')`},
	{"members", "is of a role that the user does not have", `INSERT INTO members (tenant, role, member) SELECT tenant, 'role', id FROM users WHERE name LIKE 'ana@%'`},
	{"deleted_users", "is of no tenant", `UPDATE deleted_users SET tenant = 1`},
	{"deleted_users", cannotRead, `UPDATE deleted_users SET profile = ''`},
	{"deleted_users", noID, `UPDATE deleted_users SET id = x''`},
	{"deleted_users", otherShown, `UPDATE deleted_users SET display = 'zoe'`},
	{"deleted_users", "was deleted at another time", `UPDATE deleted_users SET deleted = 5`},
	{"second_factors", "is of no user", `UPDATE second_factors SET account = x'019ca9450a0070039554263850b678d7'`},

	{"consents", noApp, `UPDATE consents SET app = x'019ca9450a0070039554263850b678d7'`},
	{"consents", "is of no tenant", `UPDATE consents SET tenant = x'019ca9450a0070039554263850b678d7'`},
	{"consents", noID, `UPDATE consents SET tenant = x''`},
	{"apps", "is of no tenant", `UPDATE apps SET tenant = 9`},
	{"apps", cannotRead, `UPDATE apps SET profile = '{"secrets":[{"id":"x"}]}'`},
	{"apps", noID, `UPDATE apps SET id = x'00'`},
	{"documents", "is of no tenant", `UPDATE documents SET customer = 99 WHERE kind = 'usagebudget'`},
	{"documents", cannotRead, `UPDATE documents SET document = '{'`},
	{"documents", "is of an account that is not there", `UPDATE documents SET kind = 'usagebudget@2' WHERE kind = 'usagebudget@1'`},
	{"documents", "is of an account that is not there", `UPDATE documents SET kind = 'usagebudget@x' WHERE kind = 'usagebudget@1'`},
	{"documents", "is a consent of a partner that has no relationship", `DELETE FROM relationships WHERE customer = ` + kestrel},
	{"documents", cannotRead, `UPDATE documents SET kind = 'applicationconsent of nobody' WHERE kind = 'usagebudget'`},
	{"accounts", "is of no relationship", `DELETE FROM relationships WHERE account = 1`},
	{"accounts", cannotRead, `UPDATE accounts SET profile = '{}'`},
	{"accounts", "has another name than its profile", `UPDATE accounts SET name = 'Lynx'`},

	{"ledger", "has a status that no answer has", `UPDATE ledger SET status = 0 WHERE status = 200`},
	{"ledger", cannotRead, `UPDATE ledger SET answer = '{' WHERE status = 200`},
	{"ledger", cannotRead, `UPDATE ledger SET answer = '{' WHERE status >= 400`},
	{"ledger", "has a call of another length", `UPDATE ledger SET call = x'00' WHERE status = 200`},
	{"ledger", "answers a create with no customer", `UPDATE ledger SET answer = '{}' WHERE status = 201`},
	{"ledger", lostCustomer, `DELETE FROM tenants WHERE n = ` + kestrel},
	{"ledger", lostCustomer, `DELETE FROM audit WHERE record LIKE '%delete_customer%'`},
	{"ledger", "answers a create that no record tells the rest of", `DELETE FROM audit WHERE record LIKE '%add_customer%'`},
	{"audit", "tells of a customer as it is, and its reader has none", `DELETE FROM relationships WHERE customer = (SELECT tenant FROM domains WHERE name = 'still.onmicrosoft.com')`},
	{"audit", "is for no partner", `UPDATE audit SET partner = 9`},
	{"audit", cannotRead, `UPDATE audit SET record = '{"w":["x"]}'`},
	{"audit", noID, `UPDATE audit SET customer = x'00'`},
	{"audit", otherFolded, `UPDATE audit SET name = 'Lynx'`},
	{"webhooks", "is of no partner", `UPDATE webhooks SET partner = 9`},
	{"webhooks", cannotRead, `UPDATE webhooks SET registration = ''`},
	{"deliveries", "is of no partner", `UPDATE deliveries SET partner = 9`},
	{"deliveries", "is in no known state", `UPDATE deliveries SET state = 'lost'`},
	{"deliveries", cannotRead, `UPDATE deliveries SET event = ''`},
	{"deliveries", cannotRead, `UPDATE deliveries SET results = ''`},
	{"validation_codes", "is of no partner", `UPDATE validation_codes SET partner = 9`},
	{"validation_codes", "was used less often than never", `UPDATE validation_codes SET used = -1`},
	{"codes", cannotRead, `UPDATE codes SET granted = ''`},
	{"devices", noApp, `UPDATE devices SET client = x'00'`},
	{"devices", "is in no known state", `UPDATE devices SET state = 'lost'`},
	{"devices", cannotRead, `UPDATE devices SET granted = '{'`},
	{"families", noApp, `DELETE FROM apps`},
	{"families", cannotRead, `UPDATE families SET granted = ''`},
	{"user_requests", "is of no partner", `UPDATE user_requests SET partner = 9`},
	{"user_requests", cannotRead, `UPDATE user_requests SET request = ''`},
	{"mfa_adoption", "is of no partner", `UPDATE mfa_adoption SET partner = 9`},
	{"mfa_adoption", "counts more with a second factor than at all", `UPDATE mfa_adoption SET compliant = total + 1`},
	{"mfa_lapses", "is of no partner", `UPDATE mfa_lapses SET partner = 9`},
	{"granular_relationships", "is of no partner", `UPDATE granular_relationships SET partner = 9`},
	{"granular_relationships", cannotRead, `UPDATE granular_relationships SET relationship = ''`},
	{"granular_relationships", otherFolded, `UPDATE granular_relationships SET name = 'Granular'`},
	{"granular_relationships", "has another customer than it says", `UPDATE granular_relationships SET customer = 0`},
	{"granular_relationships", "is due at another time than it ends", `UPDATE granular_relationships SET due = 0`},
	{"granular_relationships", "is active, and the partner has no relationship with the customer", `DELETE FROM relationships WHERE customer = ` + kestrel},
	{"guesses", "counts none, or is locked too early or too late", `INSERT INTO guesses (who, wrong, tried, last, locked) VALUES (x'01', 10, '', 0, 0)`},
	{"signing_keys", cannotRead, `UPDATE signing_keys SET certificate = x'00'`},
	{"signing_keys", cannotRead, `UPDATE signing_keys SET sealed = x''`},
	{"settings", "there are partners, and no root key is noted", `DELETE FROM settings WHERE name = 'root key'`},
	{"settings", "has no value", `UPDATE settings SET value = ''`},

	// A table that is gone stands for a part of a file that cannot be read, an index that was made for other rows for one that disagrees.
	{"webhooks", "cannot be read: SQL logic error: no such table: webhooks (1)", `DROP TABLE webhooks`},
	{databaseFile, "row 1 missing from index audit_by_customer", `
		PRAGMA writable_schema = ON;
		UPDATE sqlite_schema SET sql = replace(sql, '(partner, customer, n)', '(resource)') WHERE name = 'audit_by_customer'`},
}

const (
	kestrel      = `(SELECT tenant FROM domains WHERE name IN ('kestrel.onmicrosoft.com', 'kestrel.example') LIMIT 1)`
	juniper      = `(SELECT tenant FROM domains WHERE name = 'juniper.onmicrosoft.com')`
	noSides      = "names neither reseller nor provider, or both, and this partner is one of them: not so here"
	lostCustomer = "answers a create with a customer that is not there, and no record tells of its deletion"
)

// TestCheckFinds breaks each invariant, and sees it found.
func TestCheckFinds(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.db")
	fullWorld(t, "sqlite:"+whole)
	for _, finding := range mustCheck(t, "sqlite:"+whole) {
		t.Errorf("nothing is broken: got %+v", finding)
	}
	file, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, test := range breaks {
		covered[test.table+" "+test.problem] = true
		path := filepath.Join(dir, "broken.db")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		mustBreak(t, path, test.statement)
		found := mustCheck(t, "sqlite:"+path)
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Table == test.table && f.Problem == test.problem }) {
			t.Errorf("%s: found %+v, want that a row of %s %s", test.statement, found, test.table, test.problem)
		}
	}
	for _, rule := range rules {
		if !covered[rule.table+" "+rule.problem] {
			t.Errorf("nothing breaks the rule %s: %s", rule.table, rule.problem)
		}
	}
	for _, look := range looks {
		for _, problem := range look.problems {
			if !covered[look.table+" "+problem] {
				t.Errorf("nothing breaks the rule %s: %s", look.table, problem)
			}
		}
	}
}

// mustBreak runs the statement on the file.
func mustBreak(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// mustCheck is what a check finds. What it finds must be listed, and counted.
func mustCheck(t *testing.T, url string) (found []Finding) {
	t.Helper()
	upkeep, err := OpenUpkeep(t.Context(), url, "the test "+t.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer upkeep.Close()
	checked, err := upkeep.Check(t.Context(), func(csp.ID) bool { return false }, func(finding Finding) error {
		found = append(found, finding)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var broken int64
	for _, table := range checked {
		broken += table.Broken
	}
	want := len(tables)
	if strings.HasPrefix(url, "sqlite:") {
		want++ // the file
	}
	if broken != int64(len(found)) || len(checked) != want {
		t.Errorf("the count of %d tables says %d findings, want %d of %d tables", len(checked), broken, len(found), want)
	}
	return found
}

// TestLooksGoOn holds each walk to what the next batch is asked by: the columns that it reads first are those of its key.
func TestLooksGoOn(t *testing.T) {
	for _, look := range looks {
		if !strings.HasPrefix(look.columns+",", strings.Join(look.key, ", ")+",") {
			t.Errorf("the walk through %s reads %s, which does not begin with its key, %v", look.table, look.columns, look.key)
		}
	}
}

// TestCheckTimes looks at users who were deleted at any fraction of a microsecond, which their profiles leave out.
func TestCheckTimes(t *testing.T) {
	ids := &csp.IDs{}
	for fraction := range 5000 {
		user := &csp.User{ID: ids.New(), PrincipalName: "ana@kestrel.onmicrosoft.com", Deleted: time.Date(2026, 3, 1, 12, 0, 0, fraction, time.UTC)}
		text, err := json.Marshal(userProfileOf(user))
		if err != nil {
			t.Fatal(err)
		}
		c := &checker{found: func(f Finding) error {
			t.Errorf("deleted at %v: got %v, want nothing", user.Deleted, f)
			return nil
		}}
		row := columns{int64(1), user.ID[:], user.SortName(), csp.OrderAt(user.Deleted), text}
		s := &seen{checker: c, look: &look{table: "deleted_users"}, row: row}
		if err := seeDeletedUser(s, row); err != nil {
			t.Fatal(err)
		}
	}
}
