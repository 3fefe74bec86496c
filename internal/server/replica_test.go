package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
	"github.com/tenantry/tenantry/partnercenter"
)

// TestReplica reads through two servers, one of which has a replica: from there for who accepts it and for nobody else, while it is
// there, young enough and has an answer.
func TestReplica(t *testing.T) {
	t.Parallel()
	postgrestest.Servers(t) // or there is no PostgreSQL
	found := postgrestest.Installations()
	if len(found) == 0 {
		t.Skip("only servers of others")
	}
	primary, err := postgrestest.Start(found[len(found)-1], postgrestest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = primary.Close() })
	standby, err := primary.Standby()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = standby.Close() })
	database := primary.NewDatabase(t)
	of, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	replica, err := url.Parse(standby.URL)
	if err != nil {
		t.Fatal(err)
	}
	replica.Path = of.Path
	s := severalAt(t, database, 1, server.Config{Replica: replica.String()})[0]
	other := severalAt(t, database, 1, server.Config{})[0]
	c := newCaller(t, mustAppToken(t, s))
	create := func(name string) (path string) {
		t.Helper()
		var customer partnercenter.Customer
		got := c.send(s, http.MethodPost, "/v1/customers", fmt.Sprintf(createBody, name+".onmicrosoft.com"))
		if err := json.Unmarshal([]byte(got.body), &customer); err != nil || got.status != http.StatusCreated {
			t.Fatalf("create: got %d %s", got.status, got.body)
		}
		return "/v1/customers/" + customer.ID
	}
	get := func(path, control string) result {
		t.Helper()
		got := c.send(s, http.MethodGet, path, "", "Cache-Control", control)
		if got.status != http.StatusOK {
			t.Errorf("%s with %q: got %d %s", path, control, got.status, got.body)
		}
		return got
	}
	first := create("kestrel")

	eventually(t, "the replica answers", func() bool { return get(first, "max-stale=30").header.Get("Age") != "" })
	want := get(first, "no-cache").body
	for _, path := range []string{first, first + "/profiles/billing", first + "/usagebudget", first + "/customDomains", "/v1/customers?size=5", "/v1/auditrecords?startDate=" + time.Now().UTC().Format(time.DateOnly)} {
		got := get(path, "max-stale=30")
		if age, err := strconv.Atoi(got.header.Get("Age")); err != nil || age < 1 || age > 30 {
			t.Errorf("%s: got Age %q, want at most 30", path, got.header.Get("Age"))
		}
		if got.body != get(path, "no-cache").body {
			t.Errorf("%s: got %s from the replica", path, got.body)
		}
	}
	for path, control := range map[string]string{first: "max-age=30", "/v1/profiles/legalbusiness": "max-stale=30", first + "?": "max-stale=30, no-cache"} {
		if age := get(path, control).header.Get("Age"); age != "" {
			t.Errorf("%s with %q: got Age %s, want an answer of the store's own", path, control, age)
		}
	}
	if got := c.send(other, http.MethodGet, first, "", "Cache-Control", "max-stale=30"); got.header.Get("Age") != "" || got.body != want {
		t.Errorf("at a server without a replica: got Age %q, %s", got.header.Get("Age"), got.body)
	}

	conn, err := pgx.Connect(t.Context(), standby.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "SELECT pg_wal_replay_pause()"); err != nil {
		t.Fatal(err)
	}
	second := create("late")
	if got := get(second, "max-stale"); got.header.Get("Age") != "" {
		t.Errorf("made after the replica stood still: got Age %s", got.header.Get("Age"))
	}
	eventually(t, "the replica is too old for two seconds", func() bool { return get(first, "max-stale=2").header.Get("Age") == "" })
	if got := get(first, "max-stale=45"); got.header.Get("Age") == "" {
		t.Error("it is young enough for 45 seconds, and was not asked")
	}
	var list partnercenter.CustomerCollection
	for control, customers := range map[string]int{"max-stale=45": 1, "max-stale=2": 2, "max-age=45": 2} {
		if err := json.Unmarshal([]byte(get("/v1/customers?size=5", control).body), &list); err != nil || len(list.Items) != customers {
			t.Errorf("list with %q: got %d customers, %v, want %d", control, len(list.Items), err, customers)
		}
	}

	if err := standby.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got := get(first, "max-stale"); got.header.Get("Age") != "" || got.body != want {
			t.Errorf("without the replica: got Age %q, %s", got.header.Get("Age"), got.body)
		}
	}
}
