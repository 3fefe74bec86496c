package server_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
	"github.com/tenantry/tenantry/internal/token"
)

const (
	wrongPassword, lockedOut = 50126, 50053

	contosoAdmin = "admin@contosocloud.onmicrosoft.com"
)

// guessed are two servers of one database whose clock is moved by the test alone.
type guessed struct {
	database string
	servers  []*server.Server
	start    time.Time
	moved    atomic.Int64
	guesses  int
}

func newGuessed(t *testing.T) *guessed {
	g := &guessed{database: postgrestest.Newest(t).NewDatabase(t), start: time.Now()}
	g.servers = severalAt(t, g.database, 2, server.Config{Now: g.now})
	return g
}

func (g *guessed) now() time.Time { return g.start.Add(time.Duration(g.moved.Load())) }

func (g *guessed) later(by time.Duration) { g.moved.Add(int64(by)) }

// next is another wrong guess, and the servers, of which each is the first in turn.
func (g *guessed) next() (guess string, servers []*server.Server) {
	g.guesses++
	if g.guesses%2 == 0 {
		return fmt.Sprint("guess ", g.guesses), []*server.Server{g.servers[1], g.servers[0]}
	}
	return fmt.Sprint("guess ", g.guesses), g.servers
}

// TestGuessesAmongServers guesses passwords at two servers in turn: ten lock out at both, and a right one frees at both.
func TestGuessesAmongServers(t *testing.T) {
	t.Parallel()
	g := newGuessed(t)
	wrong := func(n int) {
		t.Helper()
		for range n {
			guess, servers := g.next()
			if got := signIn(t, servers[0], contosoAdmin, guess); got != wrongPassword {
				t.Errorf("%s: got %d, want %d", guess, got, wrongPassword)
			}
		}
	}
	right := func(want int) {
		t.Helper()
		for i, s := range g.servers {
			if got := signIn(t, s, contosoAdmin, "dev-Passw0rd"); got != want {
				t.Errorf("the right password at server %d: got %d, want %d", i+1, got, want)
			}
		}
	}
	right(0)
	for range 2 {
		wrong(9)
		right(0)
	}
	wrong(10)
	right(lockedOut)
	if got := signIn(t, g.servers[0], contosoAdmin, "another"); got != lockedOut {
		t.Errorf("a wrong one at a server that knows of the lock: got %d, want %d", got, lockedOut)
	}
	g.later(time.Minute)
	wrong(1) // the next lock is twice as long
	g.later(2*time.Minute - time.Second)
	right(lockedOut)
	g.later(time.Second)
	if got := signIn(t, g.servers[0], contosoAdmin, "dev-Passw0rd"); got != 0 {
		t.Errorf("after the lock: got %d", got)
	}
	wrong(10) // at the other as well
	right(lockedOut)

	third := severalAt(t, g.database, 1, server.Config{Now: g.now})[0]
	if got := signIn(t, third, contosoAdmin, "dev-Passw0rd"); got != lockedOut {
		t.Errorf("at a server that has just started: got %d, want %d", got, lockedOut)
	}
}

// TestGuessesAtOnceAmongServers sends many guesses to two servers in the same moment: ten are answered.
func TestGuessesAtOnceAmongServers(t *testing.T) {
	t.Parallel()
	g := newGuessed(t)
	answers := make([]int, 60)
	atOnce(len(answers), func(i int) {
		answers[i] = signIn(t, g.servers[i%2], contosoAdmin, fmt.Sprint("guess ", i))
	})
	told := map[int]int{}
	for _, answer := range answers {
		told[answer]++
	}
	if told[wrongPassword] != 10 || told[lockedOut] != 50 {
		t.Errorf("got %v, want ten times %d, and %d", told, wrongPassword, lockedOut)
	}
}

// TestUnknownNamesAmongServers guesses on pages, in turn: what is told of a name that there is not is what is told of one that there is.
func TestUnknownNamesAmongServers(t *testing.T) {
	t.Parallel()
	g := newGuessed(t)
	guess := func(s *server.Server, name, password string) string {
		b := newBrowser(t, s)
		b.read(b.client.Get(b.origin + "/account"))
		b.submit("username", name, "password", password)
		for _, text := range []string{"The user name or the password is wrong.", "Too many wrong passwords have come from here."} {
			if strings.Contains(b.page, text) {
				return text
			}
		}
		return b.page
	}
	told := map[string][]string{}
	names := []string{contosoAdmin, "nobody@contosocloud.onmicrosoft.com", "admin@nowhere.example"}
	for range 12 {
		password, servers := g.next()
		for _, name := range names {
			told[name] = append(told[name], guess(servers[0], name, password))
		}
	}
	if got := told[contosoAdmin]; !strings.Contains(got[9], "wrong.") || !strings.Contains(got[10], "Too many") {
		t.Errorf("of a user: got %q", got)
	}
	for _, name := range names[1:] {
		if !slices.Equal(told[name], told[contosoAdmin]) {
			t.Errorf("of %s: got %q, want %q", name, told[name], told[contosoAdmin])
		}
	}
}

func newBrowser(t *testing.T, s *server.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, origin: s.URL(), client: &http.Client{Jar: jar}}
}

// TestCodesAmongServers guesses codes of a second factor at two servers in turn.
func TestCodesAmongServers(t *testing.T) {
	t.Parallel()
	g := newGuessed(t)
	secret, err := token.ParseCodeSecret(enrolledSecret)
	if err != nil {
		t.Fatal(err)
	}
	wrong := ""
	for n := 0; wrong == ""; n++ {
		code := fmt.Sprintf("%06d", n)
		if _, ok := secret.Match(code, g.now()); !ok {
			wrong = code
		}
	}
	var browsers []*browser
	for _, s := range g.servers {
		b := newBrowser(t, s)
		b.read(b.client.Get(b.origin + "/account"))
		b.submit("username", enrolledName, "password", "dev-Passw0rd")
		browsers = append(browsers, b)
	}
	wants := func(b *browser, code, text string) {
		t.Helper()
		if b.submit("otp", code); !strings.Contains(b.page, text) {
			t.Errorf("%s: got %s, want %s", code, b.page, text)
		}
	}
	for i := range 10 {
		wants(browsers[i%2], wrong, "The code is wrong")
	}
	for _, b := range browsers {
		wants(b, secret.Code(g.now()), "There were too many wrong codes.")
	}
	g.later(time.Minute)
	wants(browsers[1], secret.Code(g.now()), "Your account")
}

// TestAdminKeysAmongServers guesses the admin key at two servers in turn.
func TestAdminKeysAmongServers(t *testing.T) {
	t.Parallel()
	g := newGuessed(t)
	try := func(s *server.Server, key string) result {
		return newCaller(t, key).send(s, http.MethodGet, "/_tenantry/admin/partners", "")
	}
	for range 10 {
		guess, servers := g.next()
		if got := try(servers[0], guess); got.status != http.StatusUnauthorized {
			t.Errorf("%s: got %d %s, want 401", guess, got.status, got.body)
		}
	}
	for _, s := range g.servers {
		if got := try(s, adminKey); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "60" {
			t.Errorf("the key after ten guesses: got %d, Retry-After %q, %s", got.status, got.header.Get("Retry-After"), got.body)
		}
	}
	g.later(time.Minute)
	for _, s := range g.servers {
		if got := try(s, adminKey); got.status != http.StatusOK {
			t.Errorf("after the lock: got %d %s", got.status, got.body)
		}
	}
}
