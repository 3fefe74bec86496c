package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a server in a process of its own.
type process struct {
	cmd    *exec.Cmd
	cancel context.CancelFunc
	output *output
}

// start runs a program until stop, or until ctx ends, and waits for it to print the address it listens on.
func start(ctx context.Context, path string, args ...string) (p *process, addr string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	p = &process{
		cmd:    exec.CommandContext(ctx, path, args...),
		cancel: cancel,
		output: &output{found: make(chan string, 1)},
	}
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = grace
	if err := p.cmd.Start(); err != nil {
		cancel()
		return nil, "", err
	}

	select {
	case addr = <-p.output.found:
		return p, addr, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(grace):
		err = fmt.Errorf("%s printed no address within %v", p.cmd.Args[0], grace)
	}
	p.stop()
	return nil, "", fmt.Errorf("%w\n%s", err, p.output.tail())
}

// stop asks the process to end and waits until it has.
func (p *process) stop() error {
	p.cancel()
	p.cmd.Wait() // its error is the cancelled context, whatever the process said; the state below tells
	state := p.cmd.ProcessState
	status, _ := state.Sys().(syscall.WaitStatus)
	if state.Success() || status.Signaled() && status.Signal() == syscall.SIGTERM {
		return nil
	}
	return fmt.Errorf("%s ended with %v\n%s", p.cmd.Args[0], state, p.output.tail())
}

// lastWords is what the process has printed, as an error, for the reader of another one.
func (p *process) lastWords() error {
	if tail := p.output.tail(); tail != "" {
		return fmt.Errorf("the server's output ends with:\n%s", tail)
	}
	return nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

var address = regexp.MustCompile(`http://(127\.0\.0\.1:[0-9]+)\b`)

// output looks for the first address that a process prints and keeps the end of what it prints.
type output struct {
	found chan string

	mu   sync.Mutex
	done bool
	text []byte
}

func (o *output) Write(b []byte) (int, error) {
	const keep = 4 << 10
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, b...)
	if !o.done {
		// Only whole lines: the end of a port may still be on its way.
		lines := o.text[:bytes.LastIndexByte(o.text, '\n')+1]
		if m := address.FindSubmatch(lines); m != nil {
			o.done = true
			o.found <- string(m[1])
		}
	}
	if o.done && len(o.text) > keep {
		o.text = append(o.text[:0], o.text[len(o.text)-keep:]...)
	}
	return len(b), nil
}

func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSpace(string(o.text))
}
