package server

import (
	"context"
	"sync/atomic"
	"time"
)

// clock is a clock with a lead, which only grows: ids, tokens and records are ordered by time.
type clock struct {
	real  func() time.Time
	ahead atomic.Int64

	// passed does what the time that was skipped would have done.
	passed func(context.Context)
}

// Now is the time with the lead.
func (c *clock) Now() time.Time { return c.real().Add(c.Ahead()) }

// Ahead implements [admin.Clock].
func (c *clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

// Advance implements [admin.Clock].
func (c *clock) Advance(ctx context.Context, by time.Duration) {
	c.ahead.Add(int64(by))
	c.passed(ctx)
}
