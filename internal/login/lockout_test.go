package login_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
)

// guessing is a world whose clock moves, and a user whose password is guessed.
type guessing struct {
	*world
	handler http.Handler
	moved   time.Duration
}

func newGuessing(t *testing.T) *guessing {
	g := &guessing{world: newWorld(t)}
	g.Now = func() time.Time { return start.Add(g.moved) }
	g.handler = g.serve()
	return g
}

// try is the code that a password is answered by from an address, 0 for a token.
func (g *guessing) try(t *testing.T, password, from string, header ...string) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, v2, strings.NewReader(with(with(asUser(), "password", password), "scope", "openid").Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	r.RemoteAddr = from
	recorder := httptest.NewRecorder()
	g.handler.ServeHTTP(recorder, r)
	got := mustAnswer(t, recorder)
	if len(got.Codes) == 0 {
		return 0
	}
	return got.Codes[0]
}

const (
	wrong  = 50126
	locked = 50053
)

func TestLockout(t *testing.T) {
	const attacker, owner = "198.51.100.7:5000", "203.0.113.9:6000"
	g := newGuessing(t)
	guess := 0
	next := func() string { guess++; return fmt.Sprint("guess ", guess) }
	want := func(code int, password, from string) {
		t.Helper()
		if got := g.try(t, password, from); got != code {
			t.Errorf("guess %d: got %d, want %d", guess, got, code)
		}
	}
	for range 10 {
		want(wrong, next(), attacker)
	}
	want(locked, next(), attacker)
	want(locked, chosenPassword, "198.51.100.7:5001") // another port of the same
	want(0, chosenPassword, owner)                    // who is somewhere else
	g.moved += time.Minute
	want(wrong, next(), attacker)
	g.moved += 2*time.Minute - 1
	want(locked, next(), attacker)
	g.moved++
	want(wrong, next(), attacker)
	g.moved += 4 * time.Minute
	want(0, chosenPassword, attacker) // it was the owner after all: nothing is left of it
	for range 10 {
		want(wrong, next(), attacker)
	}
	for range 20 { // the lock grows to an hour and no further
		g.moved += time.Hour
		want(wrong, next(), attacker)
	}
	want(locked, chosenPassword, attacker)
	g.moved += 25 * time.Hour
	for range 10 {
		want(wrong, next(), attacker)
	}
	want(locked, next(), attacker)
}

// TestLockoutCountsPasswords: a script that repeats an outdated password locks nobody out.
func TestLockoutCountsPasswords(t *testing.T) {
	const from = "198.51.100.7:5000"
	g := newGuessing(t)
	for range 30 {
		if got := g.try(t, "outdated", from); got != wrong {
			t.Fatalf("got %d, want %d", got, wrong)
		}
	}
	if got := g.try(t, chosenPassword, from); got != 0 {
		t.Errorf("the right one: got %d", got)
	}
}

// TestLockoutEndsWithThePassword: who is given another password is not held to the tries of the one before.
func TestLockoutEndsWithThePassword(t *testing.T) {
	w := newWorld(t)
	customer := csp.MustParseID(w.customer.ID)
	name, password := w.signIn()
	try := func(password string) []int {
		form := url.Values{"grant_type": {"password"}, "client_id": {powerShell}, "username": {name}, "password": {password}, "scope": {"openid"}}
		return post(t, w.serve(), "/"+w.customer.ID+"/oauth2/v2.0/token", form).Codes
	}
	for i := range 11 {
		try(fmt.Sprint("guess ", i))
	}
	if got := try(password); len(got) != 1 || got[0] != locked {
		t.Fatalf("got %v, want %d", got, locked)
	}
	user, err := w.db.User(t.Context(), customer, name)
	must(t, err)
	credential, err := chosenCredential()
	must(t, err)
	_, err = w.db.UpdateCustomerUser(t.Context(), contoso, customer, user.ID, csp.Call{}, func(user *csp.User) (csp.Outcome, error) {
		user.Credential = credential
		return csp.Outcome{}, nil
	})
	must(t, err)
	if got := try(chosenPassword); len(got) != 0 {
		t.Errorf("after a reset: got %v", got)
	}
}

// TestLockoutOfManyAtOnce sends more guesses at once than there may be: no more are looked at.
func TestLockoutOfManyAtOnce(t *testing.T) {
	g := newGuessing(t)
	var looked atomic.Int64
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			if g.try(t, fmt.Sprint("guess ", i), "198.51.100.7:5000") == wrong {
				looked.Add(1)
			}
		})
	}
	group.Wait()
	if got := looked.Load(); got != 10 {
		t.Errorf("%d guesses were looked at, want 10", got)
	}
	group = sync.WaitGroup{}
	for range 40 { // the right one as often as anybody likes
		group.Go(func() {
			if got := g.try(t, chosenPassword, "203.0.113.9:6000"); got != 0 {
				t.Errorf("the owner: got %d", got)
			}
		})
	}
	group.Wait()
}

func TestLockoutSource(t *testing.T) {
	for _, test := range []struct {
		name    string
		trust   bool
		a, b    string
		x, y    string // X-Forwarded-For
		counted bool   // as one
	}{
		{"two addresses", false, "198.51.100.7:1", "198.51.100.8:1", "", "", false},
		{"two of a network of IPv6", false, "[2001:db8:1:1::1]:1", "[2001:db8:1:1::2]:1", "", "", true},
		{"two networks of IPv6", false, "[2001:db8:1:1::1]:1", "[2001:db8:1:2::1]:1", "", "", false},
		{"IPv4 in IPv6", false, "[::ffff:198.51.100.7]:1", "198.51.100.7:1", "", "", true},
		{"what anybody says", false, "198.51.100.7:1", "198.51.100.7:1", "1.1.1.1", "2.2.2.2", true},
		{"what our proxy says", true, "10.0.0.1:1", "10.0.0.1:1", "9.9.9.9, 1.1.1.1", "9.9.9.9, 2.2.2.2", false},
		{"what was said to our proxy", true, "10.0.0.1:1", "10.0.0.1:1", "8.8.8.8, 1.1.1.1", "9.9.9.9, 1.1.1.1", true},
		{"no address", false, "@", "", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuessing(t)
			g.TrustForwarded = test.trust
			for i := range 11 {
				g.try(t, fmt.Sprint("guess ", i), test.a, "X-Forwarded-For", test.x)
			}
			if got := g.try(t, chosenPassword, test.b, "X-Forwarded-For", test.y); (got == locked) != test.counted {
				t.Errorf("got %d, want locked %t", got, test.counted)
			}
		})
	}
}

// lockedTally is one of servers that have locked out everybody, or cannot be reached.
type lockedTally struct {
	at   time.Time
	away error
}

func (l lockedTally) held() throttle.Held {
	return throttle.Held{Count: throttle.LockAfter, Last: l.at, Lock: throttle.FirstLock}
}

func (l lockedTally) CountGuess(context.Context, string, string, time.Time) (throttle.Held, bool, error) {
	return l.held(), false, l.away
}

func (l lockedTally) Guesses(context.Context, string, time.Time) (throttle.Held, error) {
	return l.held(), l.away
}

func (lockedTally) ForgiveGuesses(context.Context, string) error { return nil }

// TestLockoutElsewhere: whoever is locked out by another server is refused here as well, at the same cost whether the password was
// right, was never changed, or was none; and where nobody knows all are told to come back.
func TestLockoutElsewhere(t *testing.T) {
	for _, test := range []struct {
		name string
		away error
		want int
	}{{"locked", nil, locked}, {"away", csp.ErrUnavailable, 90033}} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.Tally = lockedTally{start, test.away}
			first, password := w.signIn()
			for what, form := range map[string]url.Values{
				"the right one":        asUser(),
				"a wrong one":          with(asUser(), "password", "wrong"),
				"the right first one":  with(with(asUser(), "username", first), "password", password),
				"a wrong one for that": with(with(asUser(), "username", first), "password", "wrong"),
			} {
				tenant := v2
				if form.Get("username") == first {
					tenant = "/" + w.customer.ID + "/oauth2/v2.0/token"
				}
				before := w.Passwords.Hashes()
				got := post(t, w.serve(), tenant, with(form, "scope", "openid")).Codes
				if len(got) != 1 || got[0] != test.want {
					t.Errorf("%s: got %v, want %d", what, got, test.want)
				}
				if cost := w.Passwords.Hashes() - before; cost != 1 {
					t.Errorf("%s cost %d hashes, want 1", what, cost)
				}
			}
		})
	}
}
