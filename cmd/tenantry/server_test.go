package main

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// keep is a key of what a script keeps.
type keep string

const (
	started     keep = "started"     // map[string]*process
	environment keep = "environment" // the variables that a script starts with, []string
)

// process is a server that a script has started.
type process struct {
	cmd    *exec.Cmd
	stdout *screen
	stderr *screen
	ended  chan error
}

// patience is for what takes milliseconds: it only bounds how long a broken test hangs.
const patience = 30 * time.Second

// lastLine is in the last line that a command prints when its server is ready.
var lastLine = map[string]string{
	"demo":  `keeps running at`,
	"dev":   `"postalCode":"98052","country":"US"}}}'`,
	"serve": `tenantry serves`,
}

var address = regexp.MustCompile(`https?://[^\s/]+:[0-9]+`)

// startServer is the command
//
//	server NAME [VARIABLE=VALUE…] ARG…
//
// It runs tenantry with the arguments, waits until it is ready and sets URL. What it printed until then is in NAME.out.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: server name [variable=value...] args...")
	}
	name, args := args[0], args[1:]
	env := append([]string(nil), ts.Value(environment).([]string)...)
	for strings.Contains(args[0], "=") {
		env, args = append(env, args[0]), args[1:]
	}
	p := launch(ts.Check, ts.MkAbs("."), env, args)
	ts.Value(started).(map[string]*process)[name] = p
	ts.Defer(func() { p.kill() })
	if !p.ready() {
		ts.Fatalf("tenantry %s is not ready\n%s%s", strings.Join(args, " "), p.stdout, p.stderr)
	}
	out := p.stdout.String()
	ts.Check(os.WriteFile(ts.MkAbs(name+".out"), []byte(out), 0o600))
	ts.Setenv("URL", address.FindString(out))
}

// haltServer is the command
//
//	halt NAME [TERM]
//
// It sends an interrupt, or SIGTERM, and waits. The server must end well. What it printed is in NAME.out and NAME.err.
func haltServer(ts *testscript.TestScript, neg bool, args []string) {
	p := ts.Value(started).(map[string]*process)[args[0]]
	if neg || p == nil {
		ts.Fatalf("usage: halt name [TERM]")
	}
	var signal os.Signal = os.Interrupt
	if len(args) > 1 {
		signal = syscall.SIGTERM
	}
	ts.Check(p.cmd.Process.Signal(signal))
	err := p.wait()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".out"), []byte(p.stdout.String()), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".err"), []byte(p.stderr.String()), 0o600))
	if err != nil {
		ts.Fatalf("%v\n%s", err, p.stderr)
	}
}

// launch starts tenantry.
func launch(check func(error), dir string, env, args []string) *process {
	return launchAs(check, "tenantry", dir, env, args)
}

// launchAs starts a program that testscript has put into the path.
func launchAs(check func(error), program, dir string, env, args []string) *process {
	p := &process{cmd: exec.Command(program, args...), stdout: newScreen(lastLine[args[0]]), stderr: newScreen(""), ended: make(chan error, 1)}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = dir, env, p.stdout, p.stderr
	check(p.cmd.Start())
	go func() { p.ended <- p.cmd.Wait() }()
	return p
}

// ready waits until the server is, and reports whether it ever was.
func (p *process) ready() bool {
	select {
	case <-p.stdout.seen:
		return true
	case err := <-p.ended:
		p.ended <- err
		return false
	case <-time.After(patience):
		return false
	}
}

// wait waits for the end.
func (p *process) wait() error {
	select {
	case err := <-p.ended:
		p.ended <- nil
		return err
	case <-time.After(patience):
		p.kill()
		return os.ErrDeadlineExceeded
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	err := <-p.ended
	p.ended <- err
}

// screen is what a process prints.
type screen struct {
	seen chan struct{} // closed when the words have been printed, and their line is complete

	mu    sync.Mutex
	text  strings.Builder
	words string
}

var _ io.Writer = (*screen)(nil)

func newScreen(words string) *screen { return &screen{words: words, seen: make(chan struct{})} }

// Write implements [io.Writer].
func (s *screen) Write(part []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(part)
	if _, after, ok := strings.Cut(s.text.String(), s.words); ok && s.words != "" && strings.Contains(after, "\n") {
		s.words = ""
		close(s.seen)
	}
	return len(part), nil
}

// String is all of it so far.
func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
