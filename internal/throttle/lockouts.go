package throttle

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/recent"
)

// When somebody is locked out. The first two are the directory's: Microsoft Entra docs, smart lockout, where further failures lock
// for longer each. Ours is the end of that.
const (
	LockAfter   = 10             // different wrong guesses
	FirstLock   = time.Minute    // and twice as long each time that another comes after it
	LongestLock = time.Hour      // so that an attacker has 24 tries a day
	Forgiven    = 24 * time.Hour // after which nothing is held against anybody who did not try again
	TriedKept   = 3              // what was tried of late counts once, as it does there: scripts repeat theirs
)

// Guess is a try at something secret.
type Guess struct {
	Who   string    // guesses, and at what: the same text at every server
	Meant []byte    // what is to be guessed; something else begins anew
	Text  string    // what was tried; an empty one counts each time
	At    time.Time // when it came
}

// Lockouts slow down who guesses something secret. What is remembered is bounded, and lost with the process but for what a [Tally]
// holds. The zero value is ready for use.
type Lockouts struct {
	mu     sync.Mutex
	tries  recent.Map[string, *tries]
	seed   maphash.Seed
	once   sync.Once
	serial uint64 // stands for the hash of an empty guess
}

// tries are the guesses, but for the right one.
type tries struct {
	meant    string
	guesses  []uint64 // the last of them, as hashes under a seed of this process
	count    int
	last     time.Time
	until    time.Time      // no guess counts before
	underWay map[uint64]int // how often each is being looked at, where processes count together
}

// rememberedGuessers are a few MB.
const rememberedGuessers = 1 << 15

// Try lets the check look at the guess, and reports whether it was right; unless too many wrong ones came before it, then wait is how
// long none is looked at. Where there is no tally this process counts alone. An error of the check is neither right nor wrong.
func (l *Lockouts) Try(ctx context.Context, tally Tally, g Guess, check func() (right bool, err error)) (right bool, wait time.Duration, err error) {
	if tally != nil {
		return l.tryTogether(ctx, tally, g, check)
	}
	if wait := l.admit(g); wait > 0 {
		return false, wait, nil
	}
	if right, err = check(); right && err == nil {
		l.forget(g.Who)
	}
	return right && err == nil, 0, err
}

// admit notes a guess and reports how long it may not be looked at. It counts before anybody knows whether it is right, so that
// nobody gains by trying many at once.
func (l *Lockouts) admit(g Guess) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.of(g)
	if g.At.Before(t.until) {
		return t.until.Sub(g.At)
	}
	hash := l.hash(g.Text)
	if slices.Contains(t.guesses, hash) {
		return 0
	}
	t.count++
	t.last = g.At
	t.keep(hash)
	if beyond := t.count - LockAfter; beyond >= 0 {
		t.until = g.At.Add(min(FirstLock<<min(beyond, 10), LongestLock))
	}
	return 0
}

// of is what is remembered of the tries that the guess follows. The lock is held.
func (l *Lockouts) of(g Guess) *tries {
	l.once.Do(func() { l.seed, l.tries.Limit = maphash.MakeSeed(), rememberedGuessers })
	t, known := l.tries.Get(g.Who)
	if !known || t.meant != string(g.Meant) || g.At.Sub(t.last) > Forgiven && len(t.underWay) == 0 {
		t = &tries{meant: string(g.Meant)}
		l.tries.Put(g.Who, t)
	}
	return t
}

// hash is what is remembered of a guess. No two empty ones are alike. The lock is held.
func (l *Lockouts) hash(text string) uint64 {
	if text == "" {
		l.serial++
		return l.serial
	}
	return maphash.String(l.seed, text)
}

// keep remembers the guess among the last.
func (t *tries) keep(hash uint64) {
	t.guesses = append(t.guesses, hash)
	t.guesses = t.guesses[max(0, len(t.guesses)-TriedKept):]
}

// forget ends what is held against who knew it.
func (l *Lockouts) forget(who string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries.Put(who, &tries{})
}
