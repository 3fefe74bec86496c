package csp

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// UserRequest is a call of the API that a user stood behind.
type UserRequest struct {
	Partner       ID        `json:"-"`
	At            time.Time `json:"t"`
	User          ID        `json:"-"`
	UserID        string    `json:"u"` // as User
	UserName      string    `json:"n,omitzero"`
	App           string    `json:"a"`
	RequestID     string    `json:"r"`
	CorrelationID string    `json:"c"`
	Operation     string    `json:"o"`
	Address       string    `json:"i"` // where it came from
	MFA           bool      `json:"m,omitzero"`
}

// UserRequestLog remembers the calls of users for the reports about them. Calls never wait for it: it is written from time to
// time, and what is more than it can hold until then is left out.
type UserRequestLog struct {
	Store  Store
	Logger *slog.Logger

	writing sync.Mutex // held until what was pending is written: who flushes finds all written that was added before

	mu      sync.Mutex
	pending []*UserRequest
	wake    chan struct{}
}

const (
	maxPendingRequests = 10_000
	writeRequestsEvery = time.Second
)

// NewUserRequestLog is a log that Run writes.
func NewUserRequestLog(store Store, logger *slog.Logger) *UserRequestLog {
	return &UserRequestLog{Store: store, Logger: logger, wake: make(chan struct{}, 1)}
}

// Add remembers the call.
func (l *UserRequestLog) Add(request *UserRequest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) >= maxPendingRequests {
		return
	}
	l.pending = append(l.pending, request)
	select {
	case l.wake <- struct{}{}:
	default: // it is awake
	}
}

// Flush writes what is remembered.
func (l *UserRequestLog) Flush(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	pending := l.pending
	l.pending = nil
	l.mu.Unlock()
	if len(pending) == 0 {
		return nil
	}
	return l.Store.RecordUserRequests(ctx, pending)
}

// Run writes the log every now and then until the context ends, and then once more.
func (l *UserRequestLog) Run(ctx context.Context) {
	for ended := false; !ended; {
		select {
		case <-l.wake:
			timer := time.NewTimer(writeRequestsEvery)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
			}
		case <-ctx.Done():
		}
		ended = ctx.Err() != nil // as of now: what comes while this is written needs one more
		if err := l.Flush(context.WithoutCancel(ctx)); err != nil {
			l.Logger.ErrorContext(ctx, "requests of users not recorded", "err", err)
		}
	}
}
