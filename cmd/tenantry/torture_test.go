package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// What make torture chooses.
var (
	tortureFor     = flag.Duration("torture", 6*time.Second, "how long TestTorture kills servers under load")
	torturePGFor   = flag.Duration("torture.postgresql", 1500*time.Millisecond, "how long TestTorturePostgreSQL does")
	tortureSeed    = flag.Uint64("torture.seed", 0, "the seed of its chance; 0 draws one")
	tortureStore   = flag.String("torture.store", "", "the URL of its store; by default a file of its own")
	tortureClients = flag.Int("torture.clients", 48, "how many clients it has")
)

// TestTorture kills the server at random moments under load, and starts it again, and again. The clients repeat under the same
// MS-RequestId what got no answer. In the end everything that was answered is there, once, and nothing else is.
func TestTorture(t *testing.T) { torture(t, *tortureStore, *tortureFor) }

// TestTorturePostgreSQL does it to servers of a PostgreSQL database, where each one that is killed leaves a connection behind, with a
// transaction that may still be under way.
func TestTorturePostgreSQL(t *testing.T) {
	torture(t, postgrestest.Newest(t).NewDatabase(t), *torturePGFor)
}

// torture kills servers of the store for so long.
func torture(t *testing.T, store string, long time.Duration) {
	t.Helper()
	seed := cmp.Or(*tortureSeed, rand.Uint64())
	t.Logf("torture: -torture.seed=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	v := newVictim(t, store, random)
	p := v.mustStart(t)
	l := v.newLoad(t, p)
	l.start(*tortureClients, seed)
	for end := time.Now().Add(long); time.Now().Before(end) && !t.Failed(); {
		l.signIn(t, v)
		if v.kills%5 == 2 {
			p = v.killInStart(t, p, random)
		} else {
			p = v.killUnderLoad(t, p, random)
		}
		l.serves(p)
	}
	l.finish()
	l.report(t)
	v.report(t)
	l.verify(t)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.wait(); err != nil {
		t.Errorf("the last server ended with %v: %s", err, p.stderr)
	}
	v.checkStore(t)
}

// victim is the server that is killed, and what it is started with.
type victim struct {
	store, dir string
	partner    string // the id of its tenant
	password   string // of the partner's administrator
	domain     string // of the partner
	app        struct{ AppID, Secret string }

	kills, killsInStart int
	starts              time.Duration // all of them together
	slowest             time.Duration
	started             int
}

// newVictim makes a store with a partner, an application and a user.
func newVictim(t *testing.T, store string, random *rand.Rand) *victim {
	t.Helper()
	v := &victim{store: store, dir: t.TempDir(), domain: fmt.Sprintf("torture%d.onmicrosoft.com", random.Uint32())}
	if store == "" {
		v.store = "sqlite:" + filepath.Join(v.dir, "tenantry.db")
	}
	var partner struct{ TenantID, Password string }
	v.mustRun(t, &partner, "partners", "create", "--name", "Torture", "--domain", v.domain, "--kind", "direct", "--sandbox")
	v.partner, v.password = partner.TenantID, partner.Password
	v.mustRun(t, &v.app, "apps", "create", "--partner", v.partner)
	return v
}

// mustRun runs a command on the store and reads what it prints.
func (v *victim) mustRun(t *testing.T, into any, args ...string) {
	t.Helper()
	args = append(args, "--store", v.store, "--dir", v.dir, "--output", "json")
	text, err := exec.CommandContext(t.Context(), "tenantry", args...).Output()
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		failed := (*exec.ExitError)(nil)
		errors.As(err, &failed)
		t.Fatalf("tenantry %s: %v\n%s%s", strings.Join(args, " "), err, text, failed.Stderr)
	}
}

// serve is the command line of a server.
func (v *victim) serve() []string {
	return []string{"serve", "--store", v.store, "--dir", v.dir, "--listen", "127.0.0.1:0", "--no-force-password-change"}
}

func (v *victim) launch(t *testing.T) *process {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	p := launch(check, v.dir, append(os.Environ(), "GORACE=atexit_sleep_ms=10"), v.serve())
	t.Cleanup(p.kill)
	return p
}

// mustStart starts a server and waits until it is ready.
func (v *victim) mustStart(t *testing.T) *process {
	t.Helper()
	began := time.Now()
	p := v.launch(t)
	if !p.ready() {
		t.Fatalf("start %d: not ready\n%s%s", v.started+1, p.stdout, p.stderr)
	}
	took := time.Since(began)
	v.started++
	v.starts, v.slowest = v.starts+took, max(v.slowest, took)
	return p
}

// killUnderLoad kills the server a while after its start.
func (v *victim) killUnderLoad(t *testing.T, p *process, random *rand.Rand) *process {
	t.Helper()
	time.Sleep(time.Duration(random.Int64N(int64(1200 * time.Millisecond)))) // the moment is what is random here
	p.kill()
	v.kills++
	return v.mustStart(t)
}

// killInStart kills the server, and the next one while it reads what the first has left.
func (v *victim) killInStart(t *testing.T, p *process, random *rand.Rand) *process {
	t.Helper()
	p.kill()
	v.kills++
	for range 1 + random.IntN(3) {
		p := v.launch(t)
		time.Sleep(time.Duration(random.Int64N(int64(40 * time.Millisecond))))
		p.kill()
		v.killsInStart++
	}
	return v.mustStart(t)
}

func (v *victim) report(t *testing.T) {
	t.Logf("torture: %d servers killed under load, %d while they started; ready %v after a start, %v at the most",
		v.kills, v.killsInStart, (v.starts / time.Duration(v.started)).Round(time.Millisecond), v.slowest.Round(time.Millisecond))
}

// token signs in: the application alone, or with the partner's administrator.
func (v *victim) token(ctx context.Context, server string, asUser bool) (string, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {v.app.AppID}, "client_secret": {v.app.Secret}, "resource": {"https://graph.windows.net"}}
	if asUser {
		form.Set("grant_type", "password")
		form.Set("username", "admin@"+v.domain)
		form.Set("password", v.password)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server+"/"+v.partner+"/oauth2/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("no token: %s: %s", response.Status, text)
	}
	return answer.AccessToken, nil
}

// checkStore looks at what the last server has left. It is the one place that asks what only the store's own tools can tell.
func (v *victim) checkStore(t *testing.T) {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "tenantry", "store", "check", "--store", v.store).CombinedOutput()
	if err != nil {
		t.Errorf("tenantry store check: %v\n%s", err, said)
		return
	}
	t.Logf("torture: store check is clean")
}
