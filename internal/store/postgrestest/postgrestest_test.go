package postgrestest

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestDatabases(t *testing.T) {
	for _, server := range Servers(t) {
		t.Run(server.Name, func(t *testing.T) {
			t.Parallel()
			var first string
			t.Run("first", func(t *testing.T) {
				first = server.NewDatabase(t)
				second := server.NewDatabase(t)
				mustExec(t, first, "CREATE TABLE things (name text)")
				mustExec(t, second, "CREATE TABLE things (name text)")
			})
			if conn, err := pgx.Connect(t.Context(), first); err == nil {
				t.Errorf("connect after the test: got %v, want no such database", conn)
			}
			if again := Servers(t); len(again) == 0 || again[0].URL != Servers(t)[0].URL {
				t.Errorf("asked again: got %v, want the same servers", again)
			}
		})
	}
}

func TestCrash(t *testing.T) {
	Servers(t) // or there is no PostgreSQL
	found := Installations()
	if len(found) == 0 {
		t.Skip("only servers of others")
	}
	cluster, err := Start(found[len(found)-1], Options{Durable: true, Settings: []string{"max_connections=20"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(cluster.dir); !os.IsNotExist(err) {
			t.Errorf("files after Close: got %v, want none", err)
		}
	})
	database := cluster.NewDatabase(t)
	mustExec(t, database, "CREATE TABLE things AS SELECT 1 AS n")
	if err := cluster.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := pgx.Connect(t.Context(), database); err == nil {
		t.Error("connect after the crash: got no error")
	}
	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	mustExec(t, database, "INSERT INTO things VALUES (2)")
}

// TestKilled kills a process that has started a cluster: the server has to go, and its files.
func TestKilled(t *testing.T) {
	if os.Getenv("POSTGRESTEST_WAIT") != "" {
		for _, server := range Servers(t) {
			os.Stdout.WriteString("URL " + server.URL + "\n")
		}
		time.Sleep(time.Minute) // it is killed before
		return
	}
	Servers(t) // or there is no PostgreSQL
	if len(Installations()) == 0 {
		t.Skip("only servers of others")
	}
	command := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	command.Env = append(os.Environ(), "POSTGRESTEST_WAIT=1", "TENANTRY_TEST_POSTGRES=")
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var urls []string
	lines := bufio.NewScanner(output)
	for len(urls) < min(2, len(Installations())) && lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "URL "); ok {
			urls = append(urls, url)
		}
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // it was killed
	if len(urls) == 0 {
		t.Fatal("the process to kill has started no cluster")
	}
	for _, url := range urls {
		config, err := pgx.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(startTime)
		for {
			matches, err := filepath.Glob(filepath.Join(config.Host, "*"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(config.Host); os.IsNotExist(err) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("files of a killed process: %v", matches)
			}
			time.Sleep(10 * time.Millisecond) // nobody is left who would tell
		}
	}
}

func mustExec(t *testing.T, url, statement string) {
	t.Helper()
	if err := (&Server{URL: url}).exec(statement); err != nil {
		t.Fatal(err)
	}
}

// TestStandby reads at a standby what was written before and after it was made, and until its source has ended.
func TestStandby(t *testing.T) {
	Servers(t) // or there is no PostgreSQL
	for _, installation := range Installations() {
		cluster, err := Start(installation, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer cluster.Close()
		mustExec(t, cluster.URL, "CREATE TABLE things AS SELECT 1 AS n")
		standby, err := cluster.Standby()
		if err != nil {
			t.Fatal(err)
		}
		defer standby.Close()
		mustExec(t, cluster.URL, "INSERT INTO things VALUES (2)")
		want := func(n int) {
			t.Helper()
			deadline := time.Now().Add(startTime)
			for got := 0; got != n; {
				conn, err := pgx.Connect(t.Context(), standby.URL)
				if err != nil {
					t.Fatal(err)
				}
				if err := conn.QueryRow(t.Context(), "SELECT MAX(n) FROM things").Scan(&got); err != nil || time.Now().After(deadline) {
					t.Fatalf("%s: got %d, %v, want %d", standby.Name, got, err, n)
				}
				_ = conn.Close(t.Context())
			}
		}
		want(2)
		if err := (&Server{URL: standby.URL}).exec("INSERT INTO things VALUES (3)"); err == nil {
			t.Errorf("%s: written to", standby.Name)
		}
		if err := cluster.Kill(); err != nil {
			t.Fatal(err)
		}
		want(2)
		if err := cluster.Start(); err != nil {
			t.Fatal(err)
		}
		mustExec(t, cluster.URL, "INSERT INTO things VALUES (4)")
		want(4)
	}
}
