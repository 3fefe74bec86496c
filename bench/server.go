package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The names of the two servers in the report.
const (
	echoName     = "echo"
	tenantryName = "tenantry"
)

// programs are the paths of the two binaries.
type programs struct{ echo, tenantry string }

// build compiles what is measured, as a release is compiled. A binary that was given is taken as it is.
func (b *bench) build(ctx context.Context, dir string) (programs, error) {
	p := programs{echo: filepath.Join(dir, echoName), tenantry: b.binary}
	if p.tenantry == "" {
		p.tenantry = filepath.Join(dir, tenantryName)
		if err := compile(ctx, p.tenantry, "github.com/tenantry/tenantry/cmd/tenantry"); err != nil {
			return p, err
		}
	}
	return p, compile(ctx, p.echo, "github.com/tenantry/tenantry/bench/echo")
}

func compile(ctx context.Context, path, pkg string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, text)
	}
	return nil
}

// server is a process that answers, and what the load has made there.
type server struct {
	*process
	name      string
	addr      string
	token     string
	app       application
	ids       []customerID
	created   int
	first     []page // of lists by name
	deep      []page // hundreds of pages behind the first
	store     string // the file, if there is one
	emptySize int64
}

func startEcho(ctx context.Context, p programs) (*server, error) {
	process, addr, err := start(ctx, p.echo)
	if err != nil {
		return nil, err
	}
	// As long as a real token, so that both read the same bytes.
	return &server{process: process, name: echoName, addr: addr, token: strings.Repeat("0", 1200)}, nil
}

// startTenantry makes a store in dir with a partner and an app, serves it and signs the app in.
func startTenantry(ctx context.Context, p programs, dir string) (_ *server, err error) {
	s := &server{name: tenantryName, store: filepath.Join(dir, "tenantry.db")}
	store := "sqlite:" + s.store
	var partner struct {
		TenantID string `json:"tenantId"`
	}
	err = command(ctx, &partner, p.tenantry, "partners", "create", "--store", store,
		"--kind", "direct", "--name", "Bench", "--domain", "bench.onmicrosoft.com", "--output", "json")
	if err != nil {
		return nil, err
	}
	var app struct {
		ID     string `json:"appId"`
		Secret string `json:"secret"`
	}
	err = command(ctx, &app, p.tenantry, "apps", "create", "--store", store, "--partner", partner.TenantID, "--output", "json")
	if err != nil {
		return nil, err
	}
	if s.emptySize, err = s.storeSize(); err != nil {
		return nil, err
	}
	if s.process, s.addr, err = start(ctx, p.tenantry, "serve", "--store", store, "--listen", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.lastWords(), s.stop())
		}
	}()
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	s.app = application{partner.TenantID, app.ID, app.Secret}
	s.token, err = s.signIn(ctx)
	return s, err
}

// command runs a program that prints JSON and decodes that.
func command(ctx context.Context, v any, path string, args ...string) error {
	text, err := exec.CommandContext(ctx, path, args...).Output()
	if err != nil {
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			text = e.Stderr
		}
		return fmt.Errorf("tenantry %s: %w\n%s", strings.Join(args, " "), err, text)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("tenantry %s: %w: %s", strings.Join(args, " "), err, text)
	}
	return nil
}

// ready waits until the server says that it is.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/_tenantry/readyz", nil)
		if err != nil {
			return err
		}
		if _, err = exchange(request); err == nil {
			return nil
		}
		if sleepUntil(ctx, time.Now().Add(50*time.Millisecond)) != nil {
			return fmt.Errorf("not ready: %w", err)
		}
	}
}

// application is who the load signs in as: an app alone, which may create and read customers.
type application struct{ tenant, id, secret string }

// form asks for a token.
func (a application) form() url.Values {
	return url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {a.id},
		"client_secret": {a.secret},
		"resource":      {"https://graph.windows.net"},
	}
}

// signIn gets the token that the load carries.
func (s *server) signIn(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"http://"+s.addr+"/"+s.app.tenant+"/oauth2/token", strings.NewReader(s.app.form().Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	text, err := exchange(request)
	if err != nil {
		return "", err
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return "", err
	}
	if answer.AccessToken == "" {
		return "", fmt.Errorf("no token in %s", text)
	}
	return answer.AccessToken, nil
}

// exchange returns the body of the answer to a request, or an error that shows it if it is not a success.
func exchange(request *http.Request) ([]byte, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s: %s", request.Method, request.URL.Path, response.Status, text)
	}
	return text, nil
}

// settle creates one customer, reads it back and leaves the server alone for a moment. Then it returns the
// memory that is resident.
func (s *server) settle(ctx context.Context) (int64, error) {
	c, err := dial(ctx, s.addr, time.Now().Add(grace))
	if err != nil {
		return 0, err
	}
	defer c.Close()
	random := rand.NewPCG(rand.Uint64(), rand.Uint64())
	for _, o := range []operation{create, get} {
		body, err := c.expect(o.request(s).next(random), o.status)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", o.name, err)
		}
		if o.name == create.name {
			id, err := firstID(body)
			if err != nil {
				return 0, err
			}
			s.ids = append(s.ids, id)
			s.created++
		}
	}
	if err := sleepUntil(ctx, time.Now().Add(time.Second)); err != nil {
		return 0, err
	}
	return memory(s.pid(), residentNow)
}

// storeSize returns the bytes of the store's file and of those beside it that begin with its name.
func (s *server) storeSize() (size int64, err error) {
	paths, err := filepath.Glob(s.store + "*")
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}
