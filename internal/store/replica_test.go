package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
	"github.com/tenantry/tenantry/internal/store/storetest"
)

// pair is a server with one that follows it, a store on the first and a customer in it.
type pair struct {
	primary, standby *postgrestest.Cluster
	url, replica     string
	troubled         chan error // what the store told of its replica
	db               *store.DB
	ids              csp.IDs
	partner          csp.ID
	customer         csp.ID
}

func mustPair(t *testing.T, most time.Duration) *pair {
	t.Helper()
	postgrestest.Servers(t) // or there is no PostgreSQL
	found := postgrestest.Installations()
	if len(found) == 0 {
		t.Skip("only servers of others")
	}
	p := &pair{troubled: make(chan error, 100)}
	var err error
	if p.primary, err = postgrestest.Start(found[len(found)-1], postgrestest.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.primary.Close() })
	if p.standby, err = p.primary.Standby(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.standby.Close() })
	p.url = p.primary.NewDatabase(t)
	p.replica = at(t, p.standby.URL, p.url)
	p.db, err = store.Open(t.Context(), p.url, store.Options{Replica: p.replica, ReplicaMost: most, ReplicaTroubled: func(err error) { p.troubled <- err }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.db.Close(); err != nil {
			t.Error(err)
		}
	})
	partner := &csp.Partner{ID: p.ids.New(), Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
	if err := p.db.CreatePartner(t.Context(), partner); err != nil {
		t.Fatal(err)
	}
	p.partner = partner.ID
	p.customer = p.mustCreate(t, "kestrel")
	return p
}

// at is the URL of the database at the server.
func at(t *testing.T, server, database string) string {
	t.Helper()
	from, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	name, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	from.Path = name.Path
	return from.String()
}

func (p *pair) mustCreate(t *testing.T, name string) csp.ID {
	t.Helper()
	creation := storetest.NewCreation(&p.ids, p.partner, name+".onmicrosoft.com")
	if _, err := p.db.CreateCustomer(t.Context(), creation); err != nil {
		t.Fatal(err)
	}
	return creation.Customer.ID
}

// ask has the standby run a function.
func (p *pair) ask(t *testing.T, function string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.standby.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "SELECT "+function+"()"); err != nil {
		t.Fatal(err)
	}
}

// stale is a context in which answers may be so old.
func stale(t *testing.T, most time.Duration) (context.Context, *csp.Staleness) {
	s := &csp.Staleness{Most: most}
	return csp.WithStaleness(t.Context(), s), s
}

// read reads the customer at the replica.
func (p *pair) read(t *testing.T, id csp.ID, most time.Duration) error {
	ctx, _ := stale(t, most)
	_, err := p.db.Replica().Customer(ctx, p.partner, id)
	return err
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
		time.Sleep(10 * time.Millisecond) // nobody would tell us
	}
}

const old = 30 * time.Second // more than a test waits for

func TestReplica(t *testing.T) {
	t.Parallel()
	p := mustPair(t, 0)
	eventually(t, "the customer is at the replica", func() bool { return p.read(t, p.customer, old) == nil })
	ctx, staleness := stale(t, old)
	page, err := p.db.Replica().Customers(ctx, p.partner, &csp.CustomerQuery{Size: 10})
	if err != nil || len(page) != 1 || page[0].ID != p.customer {
		t.Errorf("list: got %v, %v, want the customer", page, err)
	}
	if age, ok := staleness.Age(); !ok || age <= 0 || age > old {
		t.Errorf("its age: got %v, %v", age, ok)
	}
	if state, ok := p.db.ReplicaState(); !ok || !state.Usable || state.Asked == 0 {
		t.Errorf("state: got %+v, %v", state, ok)
	}
	for what, err := range map[string]error{
		"a read that may not be stale": second(p.db.Replica().Customer(t.Context(), p.partner, p.customer)),
		"one that may not by a hair":   p.read(t, p.customer, 0),
		"a write":                      p.db.Replica().CreatePartner(ctx, &csp.Partner{ID: p.ids.New(), Domain: "x.example", Kind: csp.DirectReseller}),
	} {
		if !errors.Is(err, csp.ErrUnavailable) {
			t.Errorf("%s: got %v, want %v", what, err, csp.ErrUnavailable)
		}
	}

	p.ask(t, "pg_wal_replay_pause")
	late := p.mustCreate(t, "late")
	if err := p.read(t, late, old); err == nil || errors.Is(err, csp.ErrUnavailable) {
		t.Errorf("made after the replica stood still: got %v, want that there is none", err)
	}
	if _, err := p.db.Customer(t.Context(), p.partner, late); err != nil {
		t.Errorf("in the store itself: %v", err)
	}
	p.ask(t, "pg_wal_replay_resume")
	eventually(t, "the replica has caught up", func() bool { return p.read(t, late, old) == nil })

	if err := p.standby.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.read(t, late, old); !errors.Is(err, csp.ErrUnavailable) {
		t.Errorf("without the replica: got %v, want %v", err, csp.ErrUnavailable)
	}
	if err := <-p.troubled; err == nil || strings.Contains(err.Error(), "password") {
		t.Errorf("told of the replica's end: %v", err)
	}
	if err := p.standby.Start(); err != nil {
		t.Fatal(err)
	}
	if err := <-p.troubled; err != nil {
		t.Errorf("told of its return: %v", err)
	}
	eventually(t, "the replica is read from again", func() bool { return p.read(t, late, old) == nil })
}

func second[T any](_ T, err error) error { return err }

// TestReplicaAge counts in the store while the replica stands still and goes on again, by turns. What is read there has to hold all
// that was counted before as long ago as it says that it is old, and that has to be no longer than was asked for.
func TestReplicaAge(t *testing.T) {
	t.Parallel()
	const most = 2500 * time.Millisecond
	p := mustPair(t, 0)
	counted := &counts{}
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	t.Cleanup(group.Wait)
	t.Cleanup(stop)
	group.Go(func() {
		for n := int64(1); ctx.Err() == nil; n++ {
			_, err := p.db.ChangePartnerDocuments(ctx, p.partner, csp.Call{}, "count", func([]csp.Document) ([]csp.Document, csp.Outcome, error) {
				return []csp.Document{{ID: "count", Text: []byte(strconv.FormatInt(n, 10))}}, csp.Outcome{}, nil
			})
			if err == nil {
				counted.add(n)
			}
		}
	})
	read := func() bool {
		before := time.Now()
		ctx, staleness := stale(t, most)
		documents, err := p.db.Replica().PartnerDocuments(ctx, p.partner, "count")
		if err != nil {
			return false
		}
		age, _ := staleness.Age()
		var got int64
		if len(documents) > 0 {
			if got, err = strconv.ParseInt(string(documents[0].Text), 10, 64); err != nil {
				t.Error(err)
			}
		}
		if want := counted.at(before.Add(-age)); got < want || age > most {
			t.Errorf("read %d, said to be %v old; %d was there before", got, age, want)
		}
		return true
	}
	for range 2 {
		eventually(t, "the replica is young enough", read)
		group.Go(func() { // more connections
			for range 100 {
				read()
			}
		})
		p.ask(t, "pg_wal_replay_pause")
		eventually(t, "the replica is too old", func() bool { return !read() })
		if read() {
			t.Error("it has become younger while it stood still")
		}
		p.ask(t, "pg_wal_replay_resume")
	}
	eventually(t, "the replica is young enough again", read)
}

// counts are when each number was there for all to see.
type counts struct {
	mu   sync.Mutex
	made []time.Time
}

func (c *counts) add(int64) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, now)
}

// at is the highest that was there then.
func (c *counts) at(then time.Time) (n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n < int64(len(c.made)) && c.made[n].Before(then) {
		n++
	}
	return n
}

// anyServer is the URL for one that follows nobody.
func anyServer(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("target_session_attrs", "any")
	u.RawQuery = query.Encode()
	return u.String()
}

// TestForeignReplica gives a store the replica of another one, with the same customers: nothing is read there.
func TestForeignReplica(t *testing.T) {
	t.Parallel()
	server := postgrestest.Newest(t)
	foreign := server.NewDatabase(t)
	mustOpen(t, foreign, nil)
	troubled := make(chan error, 100)
	db, err := store.Open(t.Context(), server.NewDatabase(t), store.Options{
		Replica: anyServer(t, foreign), ReplicaMost: 2 * time.Second, ReplicaTroubled: func(err error) { troubled <- err },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := <-troubled; !errors.Is(err, csp.ErrUnavailable) {
		t.Errorf("told: %v", err)
	}
	ctx, _ := stale(t, math.MaxInt64)
	if partners, err := db.Replica().Partners(ctx); !errors.Is(err, csp.ErrUnavailable) {
		t.Errorf("got %v, %v, want %v", partners, err, csp.ErrUnavailable)
	}
}

// TestReplicaIsThePrimary reads where the URL leads to the store itself, which is what it is allowed to by target_session_attrs.
func TestReplicaIsThePrimary(t *testing.T) {
	t.Parallel()
	database := postgrestest.Newest(t).NewDatabase(t)
	db, err := store.Open(t.Context(), database, store.Options{Replica: anyServer(t, database)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	eventually(t, "it is read from", func() bool {
		ctx, _ := stale(t, old)
		_, err := db.Replica().Partners(ctx)
		return err == nil
	})
}

func TestReplicaRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ store, replica, want string }{
		{"sqlite::memory:", "postgres://x@127.0.0.1/x", "a store in a file or in memory has none"},
		{"", "sqlite:other.db", "not a PostgreSQL database"},
		{"", "mysql://x:secret@127.0.0.1/x", "postgres://USER:PASSWORD"},
	} {
		if test.store == "" {
			test.store = postgrestest.Newest(t).NewDatabase(t)
		}
		db, err := store.Open(t.Context(), test.store, store.Options{Replica: test.replica})
		if err == nil || !strings.Contains(fmt.Sprint(err), test.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s with %s: got %v, %v, want %q", test.store, test.replica, db, err, test.want)
		}
	}
}
