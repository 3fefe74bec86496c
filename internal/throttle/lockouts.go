package throttle

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/recent"
)

// When somebody is locked out. The first two are the directory's: Microsoft Entra docs, smart lockout, where further failures lock
// for longer each. Ours is the end of that.
const (
	lockAfter   = 10             // different wrong guesses
	firstLock   = time.Minute    // and twice as long each time that another comes after it
	longestLock = time.Hour      // so that an attacker has 24 tries a day
	forgiven    = 24 * time.Hour // after which nothing is held against anybody who did not try again
	triedKept   = 3              // what was tried of late counts once, as it does there: scripts repeat theirs
)

// Lockouts slow down who guesses something secret. What is remembered is bounded, and lost with the process. The zero value is
// ready for use.
type Lockouts[K comparable] struct {
	mu    sync.Mutex
	tries recent.Map[K, *tries]
	seed  maphash.Seed
	once  sync.Once
}

// tries are the guesses, but for the right one.
type tries struct {
	meant   string   // what was to be guessed; something else begins anew
	guesses []uint64 // the last of them, as hashes under a seed of this process
	count   int
	last    time.Time
	until   time.Time // no guess counts before
}

// rememberedGuessers are a few MB.
const rememberedGuessers = 1 << 15

// Admit notes a guess at what is meant and reports whether it may be looked at, or else how long none may. It counts before anybody
// knows whether it is right, so that nobody gains by trying many at once. An empty one counts each time.
func (l *Lockouts[K]) Admit(who K, meant []byte, guess string, now time.Time) (wait time.Duration, ok bool) {
	l.once.Do(func() { l.seed, l.tries.Limit = maphash.MakeSeed(), rememberedGuessers })
	l.mu.Lock()
	defer l.mu.Unlock()
	t, known := l.tries.Get(who)
	if !known || t.meant != string(meant) || now.Sub(t.last) > forgiven {
		t = &tries{meant: string(meant)}
		l.tries.Put(who, t)
	}
	if now.Before(t.until) {
		return t.until.Sub(now), false
	}
	hash := maphash.String(l.seed, guess)
	if guess != "" && slices.Contains(t.guesses, hash) {
		return 0, true
	}
	t.count++
	t.last = now
	t.guesses = append(t.guesses, hash)
	t.guesses = t.guesses[max(0, len(t.guesses)-triedKept):]
	if beyond := t.count - lockAfter; beyond >= 0 {
		t.until = now.Add(min(firstLock<<min(beyond, 10), longestLock))
	}
	return 0, true
}

// Forget ends what is held against who knew it.
func (l *Lockouts[K]) Forget(who K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries.Put(who, &tries{})
}
