package login

import (
	"hash/maphash"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/recent"
)

// When a user is locked out. The first two are the directory's: Microsoft Entra docs, smart lockout, where further failures lock
// for longer each. Ours is the end of that.
const (
	lockAfter   = 10             // different wrong passwords
	firstLock   = time.Minute    // and twice as long each time that another comes after it
	longestLock = time.Hour      // so that an attacker has 24 tries a day
	forgiven    = 24 * time.Hour // after which nothing is held against anybody who did not try again
	triedKept   = 3              // a password that was tried of late counts once, as it does there: scripts repeat theirs
)

// lockouts slow down who guesses a user's password, one source at a time: the owner, who signs in from elsewhere, is never
// locked out by somebody else. What is remembered is bounded, and lost with the process.
type lockouts struct {
	mu    sync.Mutex
	tries recent.Map[guesser, *tries]
	seed  maphash.Seed
	once  sync.Once
}

// guesser is who may be guessing, and whose password. Codes are guessed by who knows the password already: there the lock is the
// user's, from wherever the guesses come.
type guesser struct {
	user   csp.ID
	source netip.Prefix
}

// tries are the passwords that were tried, but for the right one.
type tries struct {
	credential string   // the password or second factor that was meant; another one begins anew
	passwords  []uint64 // the last of them, as hashes under a seed of this process
	count      int
	last       time.Time
	until      time.Time // no password counts before
}

// admit notes that the password of the credential is tried and reports whether it may be. It counts before anybody knows whether
// it is right, so that nobody gains by trying many at once. An empty one counts each time: a code that was wrong may be right later.
func (l *lockouts) admit(who guesser, credential []byte, password string, now time.Time) bool {
	l.once.Do(func() { l.seed, l.tries.Limit = maphash.MakeSeed(), rememberedGuessers })
	l.mu.Lock()
	defer l.mu.Unlock()
	t, known := l.tries.Get(who)
	if !known || t.credential != string(credential) || now.Sub(t.last) > forgiven {
		t = &tries{credential: string(credential)}
		l.tries.Put(who, t)
	}
	if now.Before(t.until) {
		return false
	}
	hash := maphash.String(l.seed, password)
	if password != "" && slices.Contains(t.passwords, hash) {
		return true
	}
	t.count++
	t.last = now
	t.passwords = append(t.passwords, hash)
	t.passwords = t.passwords[max(0, len(t.passwords)-triedKept):]
	if beyond := t.count - lockAfter; beyond >= 0 {
		t.until = now.Add(min(firstLock<<min(beyond, 10), longestLock))
	}
	return true
}

// forget ends what is held against who knew the password.
func (l *lockouts) forget(who guesser) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries.Put(who, &tries{})
}

// rememberedGuessers are a few MB.
const rememberedGuessers = 1 << 15

// source is where a request comes from: an IPv4 address, or the network of an IPv6 address, of which one customer of a provider
// has 2^64. Behind a proxy of ours it is what the proxy says.
func (h *Handler) source(r *http.Request) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if h.TrustForwarded {
		if forwarded := r.Header.Values("X-Forwarded-For"); len(forwarded) > 0 {
			hops := strings.Split(forwarded[len(forwarded)-1], ",")
			host = strings.TrimSpace(hops[len(hops)-1]) // what comes before was said by others
		}
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{} // one source for all that have none
	}
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	network, _ := address.Prefix(bits) // the bits are those of an address
	return network
}
