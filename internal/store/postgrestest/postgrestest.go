// Package postgrestest gives tests an empty PostgreSQL database: of throwaway clusters that it starts itself, or of the
// servers that TENANTRY_TEST_POSTGRES names.
//
// It owns finding PostgreSQL on the machine, starting it as a user that PostgreSQL accepts, and its end, however the test
// process ends. What is kept in a database is its user's business. .ci/postgres installs what is found here.
package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Server is a PostgreSQL server to run tests on.
type Server struct {
	// Name is good for the name of a subtest: postgres15.
	Name string

	// URL is that of a database in which others can be made.
	URL string
}

// Servers are those that a test has to pass on: the oldest and the newest PostgreSQL of this machine, or those at the URLs in
// TENANTRY_TEST_POSTGRES, which spaces separate. All tests of a process share them; they end with the process.
//
// Without any the test is skipped, but never in CI, where it takes two.
func Servers(tb testing.TB) []*Server {
	tb.Helper()
	if urls := strings.Fields(os.Getenv("TENANTRY_TEST_POSTGRES")); len(urls) > 0 {
		return strangers(urls)
	}
	found := Installations()
	if len(found) < 2 && os.Getenv("CI") == "true" {
		tb.Fatalf("PostgreSQL on this machine: got %v, want two versions; run .ci/postgres", found)
	}
	if len(found) == 0 {
		tb.Skip("no PostgreSQL on this machine: run .ci/postgres, or set TENANTRY_TEST_POSTGRES to the URL of a server")
	}
	if len(found) > 2 {
		found = []Installation{found[0], found[len(found)-1]}
	}
	var servers []*Server
	for _, installation := range found {
		cluster, err := shared(installation)
		if err != nil {
			tb.Fatal(err)
		}
		servers = append(servers, &cluster.Server)
	}
	return servers
}

// Newest is the last of Servers, for tests to which the version is nothing.
func Newest(tb testing.TB) *Server {
	tb.Helper()
	servers := Servers(tb)
	return servers[len(servers)-1]
}

// strangers are the servers at the URLs.
func strangers(urls []string) []*Server {
	var servers []*Server
	for i, url := range urls {
		servers = append(servers, &Server{Name: fmt.Sprintf("server%d", i+1), URL: url})
	}
	return servers
}

// starts holds a function for each installation, which starts its cluster at the first call.
var starts sync.Map

// shared is the cluster of the installation that all tests of this process share. It lives as long as the process.
func shared(installation Installation) (*Cluster, error) {
	start, _ := starts.LoadOrStore(installation, sync.OnceValues(func() (*Cluster, error) {
		return Start(installation, Options{})
	}))
	return start.(func() (*Cluster, error))()
}

// NewDatabase makes an empty database and returns its URL. It is dropped at the end of the test, whoever is still connected.
func (s *Server) NewDatabase(tb testing.TB) string {
	tb.Helper()
	name := "tenantry_test_" + strings.ToLower(rand.Text()[:12])
	if err := s.exec("CREATE DATABASE " + name + " TEMPLATE template0"); err != nil {
		tb.Fatalf("make a database on %s: %v", s.Name, err)
	}
	tb.Cleanup(func() {
		err := s.exec("DROP DATABASE " + name + " WITH (FORCE)")
		if unknown := (*pgconn.PgError)(nil); errors.As(err, &unknown) && unknown.Code == "42601" {
			err = s.exec("DROP DATABASE " + name) // CockroachDB has no such option
		}
		if err != nil {
			tb.Errorf("drop the test's database on %s: %v", s.Name, err)
		}
	})
	u, err := url.Parse(s.URL)
	if err != nil {
		tb.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// exec runs the statement on a connection of its own. It knows nothing of the test's end, at which databases are dropped.
func (s *Server) exec(statement string) (err error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, statement)
	return err
}
