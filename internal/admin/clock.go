package admin

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// Clock is the server's clock, where it can be moved.
type Clock interface {
	// Now is the server's time.
	Now() time.Time

	// Ahead is how far that is ahead of the machine's.
	Ahead() time.Duration

	// Advance moves the clock forward, and returns when all that ended meanwhile has been dealt with.
	Advance(ctx context.Context, by time.Duration)
}

// maxAhead is how far a clock may be ahead in all.
const maxAhead = 10 * 365 * 24 * time.Hour

// clockRecord is the clock as whoever runs the server sees it.
type clockRecord struct {
	Now   time.Time `json:"now"`
	Ahead string    `json:"ahead"` // of the machine's clock
}

// clock is the clock, or a refusal where the server has none that can be moved.
func (h *Handler) clock() (Clock, error) {
	if h.Clock == nil {
		return nil, partnercenter.ErrRouteNotFound.With("The clock of this server cannot be moved; that of tenantry dev can.")
	}
	return h.Clock, nil
}

// showClock tells the server's time.
func (h *Handler) showClock(w http.ResponseWriter, _ *http.Request) error {
	clock, err := h.clock()
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", &clockRecord{clock.Now().UTC(), clock.Ahead().String()})
}

// advanceClock moves the clock forward, by a duration or to a time.
func (h *Handler) advanceClock(w http.ResponseWriter, r *http.Request) error {
	clock, err := h.clock()
	if err != nil {
		return err
	}
	var request struct {
		By string    `json:"by"`
		To time.Time `json:"to"`
	}
	if err := read(w, r, &request); err != nil {
		return err
	}
	const sample = `send for example {"by":"2h30m"} or {"to":"2031-01-31T00:00:00Z"}`
	var by time.Duration
	switch {
	case (request.By == "") == request.To.IsZero():
		return partnercenter.ErrDetailsMissing.With("The body must say either by how much or to when; "+sample+".", "by", "to")
	case request.By == "":
		by = request.To.Sub(clock.Now())
	default:
		if by, err = time.ParseDuration(request.By); err != nil {
			return partnercenter.ErrInvalidProperty.With("", fmt.Sprintf("by: %q is no duration in hours (h), minutes (m) and seconds (s); %s", request.By, sample))
		}
	}
	if by < 0 {
		return partnercenter.ErrInvalidProperty.With("", "by, to: the clock goes forward only; a restart sets it to the machine's time")
	}
	if by > maxAhead-clock.Ahead() {
		return partnercenter.ErrInvalidProperty.With("", fmt.Sprintf("by, to: the clock can be ahead of the machine's by %s at most, and is by %s", maxAhead, clock.Ahead()))
	}
	clock.Advance(r.Context(), by)
	return h.showClock(w, r)
}
