package csp

import (
	"context"
	"time"
)

// Staleness is how old what is read for a request may be, and how old it was. One goroutine has it at a time.
type Staleness struct {
	Most time.Duration

	age  time.Duration
	read bool
}

type stalenessKey struct{}

// WithStaleness lets what is read in the context come from a copy of the store that is behind it, as far as the staleness allows, and
// has what was read noted there.
func WithStaleness(ctx context.Context, s *Staleness) context.Context {
	return context.WithValue(ctx, stalenessKey{}, s)
}

// StalenessOf is the one that the context came with. Without any nothing may be stale.
func StalenessOf(ctx context.Context) *Staleness {
	if s, ok := ctx.Value(stalenessKey{}).(*Staleness); ok {
		return s
	}
	return &Staleness{Most: -1}
}

// Read notes that something of that age is about to be read, unless that is too old.
func (s *Staleness) Read(age time.Duration) (ok bool) {
	if age > s.Most {
		return false
	}
	s.age, s.read = max(s.age, age), true
	return true
}

// Age is that of the oldest of what was read; not ok if nothing was.
func (s *Staleness) Age() (age time.Duration, ok bool) { return s.age, s.read }
