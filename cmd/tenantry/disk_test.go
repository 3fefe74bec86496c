//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tenantry/tenantry/internal/store/disktest"
)

// badDisk is a tenantry whose store is on a disk that fails to sync when the process gets SIGUSR1.
const badDisk = "tenantry-on-a-bad-disk"

// badDiskDir is the variable that holds the disk's directory.
const badDiskDir = "TENANTRY_TEST_DISK"

func init() { programs[badDisk] = serveOnBadDisk }

func serveOnBadDisk() {
	disk, err := disktest.New(os.Getenv(badDiskDir))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		<-signals
		disk.FailSyncs("-wal")
	}()
	main()
}

// TestEndsWhenTheDiskFails has the disk fail under a server: it ends with an error that says so, having answered nothing as done
// that was not made durable, and the one that a supervisor starts in its place goes on.
func TestEndsWhenTheDiskFails(t *testing.T) {
	v := newVictim(t, "", rand.New(rand.NewPCG(1, 2)))
	env := append(os.Environ(), badDiskDir+"="+v.dir)
	p := launchAs(func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}, badDisk, v.dir, env, v.serve())
	t.Cleanup(p.kill)
	if !p.ready() {
		t.Fatalf("not ready: %s%s", p.stdout, p.stderr)
	}
	l := v.newLoad(t, p)
	server, _ := l.running()
	answers := map[string][]byte{}
	var refused call
	for n := 0; refused.id == ""; n++ {
		if n == 10 {
			if err := p.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
				t.Fatal(err)
			}
		}
		asked := call{method: http.MethodPost, path: "/v1/customers", id: fmt.Sprintf("request %d", n),
			body: fmt.Appendf(nil, `{"companyProfile":{"domain":"c%d.onmicrosoft.com"},"billingProfile":`+profile+`}`, n, "a@b.example", "A")}
		status, answer, err := l.send(server, asked)
		switch {
		case status == http.StatusCreated:
			answers[asked.id] = answer
		case status == http.StatusServiceUnavailable && n >= 10:
			refused = asked
		default:
			t.Fatalf("create %d: got %d %s, %v", n, status, answer, err)
		}
	}
	ended := (*exec.ExitError)(nil)
	if err := p.wait(); !errors.As(err, &ended) || ended.ExitCode() != 1 {
		t.Errorf("the server ended with %v, want exit code 1", err)
	}
	for _, words := range []string{"the store has failed", "\ntenantry: the store is unavailable: the disk failed to make a write durable"} {
		if !strings.Contains(p.stderr.String(), words) {
			t.Errorf("the server did not say %q: %s", words, p.stderr)
		}
	}
	l.serves(v.mustStart(t))
	server, _ = l.running()
	for id, want := range answers {
		n := strings.TrimPrefix(id, "request ")
		again := call{method: http.MethodPost, path: "/v1/customers", id: id,
			body: []byte(strings.Replace(string(refused.body), strings.TrimPrefix(refused.id, "request "), n, 1))}
		if status, answer, err := l.send(server, again); status != http.StatusCreated || !bytes.Equal(answer, want) {
			t.Errorf("%s once more: got %d %s, %v, want 201 %s", id, status, answer, err, want)
		}
	}
	if status, answer, err := l.send(server, refused); status != http.StatusCreated {
		t.Errorf("what was refused, once more: got %d %s, %v, want 201", status, answer, err)
	}
}

// TestStoreThatCannotBeWritten starts servers on files and directories that their user may only read.
func TestStoreThatCannotBeWritten(t *testing.T) {
	for _, test := range []struct {
		name string
		lock func(t *testing.T, dir string) // takes the right to write
		file string                         // that the error names
	}{
		{"the file", func(t *testing.T, dir string) { mustChmod(t, filepath.Join(dir, "tenantry.db"), 0o400) }, "tenantry.db"},
		{"the lock", func(t *testing.T, dir string) { mustChmod(t, filepath.Join(dir, "tenantry.db.lock"), 0o400) }, "tenantry.db.lock"},
		{"the directory", func(t *testing.T, dir string) { mustChmod(t, dir, 0o500) }, "tenantry.db"},
		{"the log of a crash", func(t *testing.T, dir string) {
			path := filepath.Join(dir, "tenantry.db-wal")
			if err := os.WriteFile(path, nil, 0o400); err != nil {
				t.Fatal(err)
			}
			giveAway(t, path)
		}, "tenantry.db-wal"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVictim(t, "", rand.New(rand.NewPCG(1, 2)))
			files, err := filepath.Glob(filepath.Join(v.dir, "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range append(files, v.dir, filepath.Dir(v.dir)) { // the last is the test's own too
				giveAway(t, path)
			}
			test.lock(t, v.dir)
			cmd := ordinary(t, v.serve()...)
			cmd.Dir = v.dir
			said, err := cmd.CombinedOutput()
			mustChmod(t, v.dir, 0o700)
			ended := (*exec.ExitError)(nil)
			if !errors.As(err, &ended) || ended.ExitCode() != 1 {
				t.Errorf("got %v, want exit code 1: %s", err, said)
			}
			for _, words := range []string{filepath.Join(v.dir, test.file) + " cannot be written", "own " + filepath.Join(v.dir, "tenantry.db"), "their directory " + v.dir} {
				if !bytes.Contains(said, []byte(words)) {
					t.Errorf("the error does not say %q: %s", words, said)
				}
			}
			v.checkStore(t)
		})
	}
}

// nobody is the user that a test of root's runs its servers as: to root no file is read-only.
const nobody = 65534

func giveAway(t *testing.T, path string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(path, nobody, nobody); err != nil {
		t.Fatal(err)
	}
}

// ordinary is a tenantry of a user whom permissions bind.
func ordinary(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "tenantry", args...)
	if os.Getuid() != 0 {
		return cmd
	}
	program, err := os.Open(cmd.Path) // in a directory of root's: the user gets it open
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	cmd.ExtraFiles = []*os.File{program}
	cmd.Path = "/dev/fd/3"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

func mustChmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
