package throttle

import (
	"context"
	"slices"
	"time"
)

// Tally is where several processes count wrong guesses together, and keeps to the rules above. Who guesses is named by a text, which
// names what is meant as well.
type Tally interface {
	// CountGuess holds a wrong guess against who made it, and says what is held then. Nothing is counted of who is locked out, nor a
	// guess that is among the last.
	CountGuess(ctx context.Context, who, guess string, at time.Time) (held Held, counted bool, err error)

	// Guesses is what is held against who guesses at that time.
	Guesses(ctx context.Context, who string, at time.Time) (Held, error)

	// ForgiveGuesses ends what is held against who knew it.
	ForgiveGuesses(ctx context.Context, who string) error
}

// Held is what processes together hold against somebody. The zero value is nothing.
type Held struct {
	Count int           // wrong guesses
	Last  time.Time     // when the last of them came
	Lock  time.Duration // how long from then on none is looked at; zero: any is
}

// tryTogether is Try where processes count together. Whether a guess was right shows first, and is told if the tally still admits it:
// a wrong one costs one statement there, and a right one a look, so that however many are tried at once, at however many processes,
// no more are answered before a lock than one after another. A lock that is known here costs the tally nothing.
func (l *Lockouts) tryTogether(ctx context.Context, tally Tally, g Guess, check func() (bool, error)) (right bool, wait time.Duration, err error) {
	t, hash, wait := l.start(g)
	if wait > 0 {
		return false, wait, nil
	}
	defer l.end(t, hash)
	if right, err = check(); err != nil {
		return false, 0, err
	}
	wait, repeated := l.known(t, hash, g.At)
	if wait > 0 {
		return false, wait, nil
	}
	who := g.Who + " " + string(g.Meant)
	var held Held
	counted := false
	if !right && !repeated {
		held, counted, err = tally.CountGuess(ctx, who, g.Text, g.At)
	}
	if err == nil && !counted {
		held, err = tally.Guesses(ctx, who, g.At)
	}
	if err != nil {
		return false, 0, err
	}
	l.learn(t, held)
	if wait := held.wait(g.At); wait > 0 && !counted {
		return false, wait, nil
	}
	if !right {
		l.remember(t, hash)
		return false, 0, nil
	}
	if held.Count > 0 {
		if err := tally.ForgiveGuesses(ctx, who); err != nil {
			return false, 0, err
		}
		l.forget(g.Who)
	}
	return true, 0, nil
}

// wait is how long from then on no guess is looked at.
func (h Held) wait(at time.Time) time.Duration {
	if h.Lock == 0 {
		return 0
	}
	return max(h.Last.Add(h.Lock).Sub(at), 0)
}

// start notes that the guess is being looked at, unless there is a lock, or will be one if all others are wrong that are being looked at.
func (l *Lockouts) start(g Guess) (t *tries, hash uint64, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t = l.of(g)
	if g.At.Before(t.until) {
		return nil, 0, t.until.Sub(g.At)
	}
	hash = l.hash(g.Text)
	others := len(t.underWay)
	if others > 0 && t.count+others >= LockAfter && t.underWay[hash] == 0 && !slices.Contains(t.guesses, hash) {
		return nil, 0, FirstLock
	}
	if t.underWay == nil {
		t.underWay = map[uint64]int{}
	}
	t.underWay[hash]++
	return t, hash, 0
}

// end notes that nobody looks at it any more.
func (l *Lockouts) end(t *tries, hash uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.underWay[hash]--; t.underWay[hash] == 0 {
		delete(t.underWay, hash)
	}
}

// known is what this process knows by now: a lock, and that the guess is among the last that were counted.
func (l *Lockouts) known(t *tries, hash uint64, at time.Time) (wait time.Duration, repeated bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(t.until.Sub(at), 0), slices.Contains(t.guesses, hash)
}

// learn keeps what the tally holds.
func (l *Lockouts) learn(t *tries, held Held) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.count, t.last, t.until = held.Count, held.Last, time.Time{}
	if held.Lock > 0 {
		t.until = held.Last.Add(held.Lock)
	}
}

// remember keeps a wrong guess among the last.
func (l *Lockouts) remember(t *tries, hash uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(t.guesses, hash) {
		t.keep(hash)
	}
}
