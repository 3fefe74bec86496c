package throttle_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/throttle"
)

// tally is one as a store keeps it.
type tally struct {
	mu                      sync.Mutex
	held                    map[string]*heldGuesses
	counts, looks, forgiven int
	away                    error // what all is answered by
}

type heldGuesses struct {
	throttle.Held
	tried []string
}

func (t *tally) enter() (leave func(), err error) {
	t.mu.Lock()
	if t.held == nil {
		t.held = map[string]*heldGuesses{}
	}
	return t.mu.Unlock, t.away
}

func (t *tally) of(who string) *heldGuesses {
	if t.held[who] == nil {
		t.held[who] = &heldGuesses{}
	}
	return t.held[who]
}

func (t *tally) CountGuess(_ context.Context, who, guess string, at time.Time) (throttle.Held, bool, error) {
	leave, err := t.enter()
	defer leave()
	t.counts++
	h := t.of(who)
	switch {
	case err != nil:
		return throttle.Held{}, false, err
	case h.Lock > 0 && at.Before(h.Last.Add(h.Lock)), guess != "" && slices.Contains(h.tried, guess):
		return h.Held, false, nil
	}
	h.Count++
	h.Last = at
	h.tried = append(h.tried, guess)
	h.tried = h.tried[max(0, len(h.tried)-throttle.TriedKept):]
	if h.Count >= throttle.LockAfter {
		h.Lock = min(max(2*h.Lock, throttle.FirstLock), throttle.LongestLock)
	}
	return h.Held, true, nil
}

func (t *tally) Guesses(_ context.Context, who string, _ time.Time) (throttle.Held, error) {
	leave, err := t.enter()
	defer leave()
	t.looks++
	if err != nil {
		return throttle.Held{}, err
	}
	return t.of(who).Held, nil
}

func (t *tally) ForgiveGuesses(_ context.Context, who string) error {
	leave, err := t.enter()
	defer leave()
	t.forgiven++
	delete(t.held, who)
	return err
}

// asked is how often it was asked to count, to look and to forgive since it was asked so before.
func (t *tally) asked() (counts, looks, forgiven int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	counts, looks, forgiven = t.counts, t.looks, t.forgiven
	t.counts, t.looks, t.forgiven = 0, 0, 0
	return counts, looks, forgiven
}

// processes are some that may count together.
type processes struct {
	t     *testing.T
	all   []*throttle.Lockouts
	tally throttle.Tally
	now   time.Time
}

// counted runs the test with one process, which counts alone, and with two and three that count together.
func counted(t *testing.T, test func(*testing.T, *processes)) {
	for n := 1; n <= 3; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			p := &processes{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
			for range n {
				p.all = append(p.all, &throttle.Lockouts{})
			}
			if n > 1 {
				p.tally = &tally{}
			}
			test(t, p)
		})
	}
}

// try is a guess at the next process.
func (p *processes) try(who, meant, text string, right bool) (ok bool, wait time.Duration, looked bool) {
	p.t.Helper()
	l := p.all[0]
	p.all = append(p.all[1:], l)
	ok, wait, err := l.Try(p.t.Context(), p.tally, throttle.Guess{Who: who, Meant: []byte(meant), Text: text, At: p.now}, func() (bool, error) {
		looked = true
		return right, nil
	})
	if err != nil {
		p.t.Error(err)
	}
	return ok, wait, looked
}

// TestLockouts goes through a lock and what ends it. The guesses go to one process after another.
func TestLockouts(t *testing.T) {
	counted(t, func(t *testing.T, p *processes) {
		guess := 0
		next := func(want time.Duration) {
			t.Helper()
			guess++
			if ok, wait, _ := p.try("a", "meant", fmt.Sprint(guess), false); ok || wait != want {
				t.Errorf("guess %d: got %t, %v, want a wait of %v", guess, ok, wait, want)
			}
		}
		for range 10 {
			next(0)
		}
		next(time.Minute)
		for range p.all { // none knows whether it is right
			if ok, wait, _ := p.try("a", "meant", "right", true); ok || wait != time.Minute {
				t.Errorf("the right one during a lock: got %t, %v", ok, wait)
			}
		}
		if _, wait, _ := p.try("b", "meant", "1", false); wait != 0 {
			t.Error("somebody else is locked out too")
		}
		p.now = p.now.Add(time.Minute)
		next(0) // the next lock is twice as long
		p.now = p.now.Add(time.Minute)
		next(time.Minute)
		if _, wait, _ := p.try("a", "another", "1", false); wait != 0 {
			t.Error("the lock is there for something else that is meant")
		}
		for range 30 { // what is repeated counts once
			if _, wait, _ := p.try("c", "", "same", false); wait != 0 {
				t.Fatal("a repeated guess locks out")
			}
		}
		for range 10 {
			p.try("d", "", "", false)
		}
		if _, wait, _ := p.try("d", "", "", false); wait != time.Minute {
			t.Errorf("an eleventh empty guess: got a wait of %v", wait)
		}
		p.now = p.now.Add(time.Minute)
		if ok, wait, _ := p.try("d", "", "right", true); !ok || wait != 0 {
			t.Errorf("after the lock: got %t, %v", ok, wait)
		}
		for range 10 { // all was forgotten, everywhere
			if _, wait, _ := p.try("d", "", "", false); wait != 0 {
				t.Errorf("after a right one: got a wait of %v", wait)
			}
		}
	})
}

// TestLockoutsKnown: a lock that a process knows is not asked for, nor is anything looked at.
func TestLockoutsKnown(t *testing.T) {
	counted(t, func(t *testing.T, p *processes) {
		for i := range 10 + len(p.all) {
			p.try("a", "", fmt.Sprint(i), false)
		}
		held, together := p.tally.(*tally)
		if together {
			held.asked()
		}
		for i := range 20 {
			if _, wait, looked := p.try("a", "", fmt.Sprint("further ", i), false); wait != time.Minute || looked {
				t.Errorf("got a wait of %v, looked at: %t", wait, looked)
			}
		}
		if together {
			if counts, looks, _ := held.asked(); counts+looks != 0 {
				t.Errorf("the tally was asked %d times", counts+looks)
			}
		}
	})
}

// TestTallyCosts: a right guess is a look and no write, a wrong one is counted once, a repeated one is a look where it was counted.
func TestTallyCosts(t *testing.T) {
	held := &tally{}
	p := &processes{t: t, all: []*throttle.Lockouts{{}}, tally: held}
	for _, test := range []struct {
		name, text              string
		right                   bool
		counts, looks, forgiven int
	}{
		{"right", "right", true, 0, 1, 0},
		{"right again", "right", true, 0, 1, 0},
		{"wrong", "wrong", false, 1, 0, 0},
		{"wrong again", "wrong", false, 0, 1, 0},
		{"another", "another", false, 1, 0, 0},
		{"right after it", "right", true, 0, 1, 1},
		{"and again", "right", true, 0, 1, 0},
	} {
		if ok, wait, _ := p.try("a", "", test.text, test.right); ok != test.right || wait != 0 {
			t.Errorf("%s: got %t, %v", test.name, ok, wait)
		}
		if counts, looks, forgiven := held.asked(); counts != test.counts || looks != test.looks || forgiven != test.forgiven {
			t.Errorf("%s: counted %d, looked %d and forgave %d times, want %d, %d and %d", test.name, counts, looks, forgiven, test.counts, test.looks, test.forgiven)
		}
	}
}

// TestLockoutsAtOnce tries many at once, everywhere: ten are answered, and a right one as often as anybody likes.
func TestLockoutsAtOnce(t *testing.T) {
	counted(t, func(t *testing.T, p *processes) {
		var answered atomic.Int64
		try := func(i int, text string, right bool) (ok bool, wait time.Duration) {
			ok, wait, err := p.all[i%len(p.all)].Try(t.Context(), p.tally, throttle.Guess{Who: "a", Text: text, At: p.now}, func() (bool, error) { return right, nil })
			if err != nil {
				t.Error(err)
			}
			return ok, wait
		}
		var group sync.WaitGroup
		for i := range 300 {
			group.Go(func() {
				if ok, _ := try(i, "right", true); !ok {
					t.Error("the right one is refused")
				}
			})
		}
		group.Wait()
		for i := range 300 {
			group.Go(func() {
				if _, wait := try(i, fmt.Sprint(i), false); wait == 0 {
					answered.Add(1)
				}
			})
		}
		group.Wait()
		if got := answered.Load(); got != 10 {
			t.Errorf("%d guesses were answered, want 10", got)
		}
		if ok, wait := try(0, "right", true); ok || wait == 0 {
			t.Errorf("the right one after them: got %t, %v", ok, wait)
		}
	})
}

// TestTallyDecides locks somebody out between a right guess and its answer: it is refused.
func TestTallyDecides(t *testing.T) {
	held := &tally{}
	var l throttle.Lockouts
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ok, wait, err := l.Try(t.Context(), held, throttle.Guess{Who: "a", Text: "right", At: at}, func() (bool, error) {
		for i := range 10 {
			_, _, _ = held.CountGuess(t.Context(), "a ", fmt.Sprint(i), at)
		}
		return true, nil
	})
	if ok || wait != time.Minute || err != nil {
		t.Errorf("got %t, %v, %v, want a wait of a minute", ok, wait, err)
	}
}

// TestTallyAway: where nothing can be counted nothing is right, nor is it afterwards held that it was tried.
func TestTallyAway(t *testing.T) {
	away := errors.New("the store is away")
	held := &tally{away: away}
	var l throttle.Lockouts
	try := func(text string, right bool) (bool, time.Duration, error) {
		return l.Try(t.Context(), held, throttle.Guess{Who: "a", Text: text}, func() (bool, error) { return right, nil })
	}
	for i := range 30 {
		if ok, wait, err := try(fmt.Sprint(i), i%2 == 0); ok || wait != 0 || !errors.Is(err, away) {
			t.Errorf("got %t, %v, %v, want %v", ok, wait, err, away)
		}
	}
	held.away = nil
	if ok, wait, err := try("right", true); !ok || wait != 0 || err != nil {
		t.Errorf("later: got %t, %v, %v", ok, wait, err)
	}
}

// TestCheckFails: what could not be looked at is neither right nor wrong.
func TestCheckFails(t *testing.T) {
	counted(t, func(t *testing.T, p *processes) {
		busy := errors.New("busy")
		ok, wait, err := p.all[0].Try(t.Context(), p.tally, throttle.Guess{Who: "a", Text: "1"}, func() (bool, error) { return true, busy })
		if ok || wait != 0 || !errors.Is(err, busy) {
			t.Errorf("got %t, %v, %v, want %v", ok, wait, err, busy)
		}
		if held, together := p.tally.(*tally); together {
			if counts, looks, _ := held.asked(); counts+looks != 0 {
				t.Errorf("the tally was asked %d times", counts+looks)
			}
		}
	})
}

// TestLockoutsFlood has more guessers than are remembered: who goes on is locked out all the same where a tally remembers.
func TestLockoutsFlood(t *testing.T) {
	p := &processes{t: t, all: []*throttle.Lockouts{{}}, tally: &tally{}}
	for i := range 10 {
		p.try("a", "", fmt.Sprint(i), false)
	}
	for i := range 1 << 16 {
		if _, wait, _ := p.try(fmt.Sprint("flood ", i), "", "1", false); wait != 0 {
			t.Fatalf("guesser %d was locked out at once", i)
		}
	}
	if ok, wait, _ := p.try("a", "", "right", true); ok || wait != throttle.FirstLock {
		t.Errorf("got %t, %v, want a wait of %v", ok, wait, throttle.FirstLock)
	}
}
