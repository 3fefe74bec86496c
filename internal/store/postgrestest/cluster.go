package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options are the choices at starting a cluster. The zero value is good for tests.
type Options struct {
	// Durable waits for the disk at each commit, as a server in earnest does. Without it a commit that the machine's end
	// follows may be lost, which no test can see.
	Durable bool

	// Settings are further ones of postgresql.conf, name=value.
	Settings []string
}

// Cluster is a PostgreSQL server of our own. It listens on a socket in a directory that nobody else can enter, and sorts text
// by the rules of English unless a query says otherwise, as a database of a real company does.
type Cluster struct {
	Server

	options Options
	bin     string
	dir     string
	stdin   io.Closer     // its end is the server's
	done    chan struct{} // closed when the server is gone
}

// Start makes a cluster and starts it. It ends at Close or with this process, however that ends, and leaves nothing behind.
func Start(installation Installation, options Options) (*Cluster, error) {
	dir, err := os.MkdirTemp("", "tenantry-postgres-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		Server: Server{
			Name: fmt.Sprintf("postgres%d", installation.Major),
			URL:  "postgres://tenantry@/postgres?host=" + url.QueryEscape(dir) + "&port=5432",
		},
		options: options,
		bin:     installation.bin,
		dir:     dir,
	}
	if err := c.init(); err != nil {
		return nil, errors.Join(fmt.Errorf("make a cluster of PostgreSQL %d.%d: %w", installation.Major, installation.Minor, err), os.RemoveAll(dir))
	}
	if err := c.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// init makes the files of the cluster.
func (c *Cluster) init() error {
	return runIn(c.dir, nil, filepath.Join(c.bin, "initdb"), "--pgdata", filepath.Join(c.dir, "data"), "--username=tenantry",
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync", "--no-instructions")
}

// runIn runs the command in the directory, as the user to whom that then belongs.
func runIn(dir string, stdin io.Reader, name string, args ...string) error {
	command := exec.Command(name, args...)
	command.Stdin = stdin
	if err := asUser(command, dir); err != nil {
		return err
	}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, output)
	}
	return nil
}

// watched runs the server until it ends by itself or nothing holds the other end of the standard input any more, which is when
// the process that started it is gone; then there is no need for the files either.
const watched = `
dir=$1; shift
exec 3<&0
"$@" </dev/null >>"$dir/log" 2>&1 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -QUIT $server; } 2>/dev/null &
watch=$!
wait $server
kill $watch 2>/dev/null
[ -e "$dir/kept" ] || rm -rf "$dir"
`

// Start starts the server again after Kill.
func (c *Cluster) Start() error {
	settings := append([]string{
		"listen_addresses=", "port=5432", "unix_socket_directories=" + c.dir, "unix_socket_permissions=0700", "max_connections=300",
	}, c.options.Settings...)
	if !c.options.Durable {
		settings = append(settings, "fsync=off", "full_page_writes=off")
	}
	args := []string{"-c", watched, "sh", c.dir, filepath.Join(c.bin, "postgres"), "-D", filepath.Join(c.dir, "data")}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	command := exec.Command("sh", args...)
	if err := asUser(command, c.dir); err != nil {
		return err
	}
	stdin, err := command.StdinPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	c.stdin, c.done = stdin, make(chan struct{})
	go func() {
		defer close(c.done)
		_ = command.Wait() // how it ended is in its log
	}()
	return c.ready()
}

// startTime is how long a server may take to answer, on a machine that has much else to do.
const startTime = time.Minute

// ready waits until the server answers.
func (c *Cluster) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.done:
			return fmt.Errorf("%s ended at once", c.Name)
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return errors.Join(fmt.Errorf("start %s: %w\n%s", c.Name, err, log), c.Close())
		case <-time.After(20 * time.Millisecond): // it tells nobody when it is ready
		}
	}
}

// Kill ends the server the way a crash does and keeps its files, for Start.
func (c *Cluster) Kill() error {
	kept := filepath.Join(c.dir, "kept")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		return err
	}
	err := c.stdin.Close()
	<-c.done
	return errors.Join(err, os.Remove(kept))
}

// Close ends the server and removes its files.
func (c *Cluster) Close() error {
	_ = c.stdin.Close() // after Kill it is closed
	<-c.done
	return os.RemoveAll(c.dir)
}
