package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/partnercenter"
)

// What a call costs of a bucket. The service throttles writes sooner than reads, and does not say by how much.
// Partner Center docs: api-throttling-guidance.
const (
	readCost  = 1
	writeCost = 5
)

// ofPartner is a customer as one partner calls for it. Another partner's calls for the same customer are not counted with it.
type ofPartner struct{ partner, customer csp.ID }

// Pool keeps buckets of tokens that servers take from together.
type Pool interface {
	// DrawTokens takes tokens from a bucket, written as the time in which they come in, and says when it will be full again. It
	// may go into debt, but no deeper than a burst.
	DrawTokens(ctx context.Context, bucket string, tokens, burst time.Duration) (full time.Time, err error)
}

// counter counts a call of so much cost, and reports whether it may pass, and how long to wait if not.
type counter[K comparable] func(ctx context.Context, key K, cost int) (wait time.Duration, ok bool, err error)

// newCounter counts in this process alone, and with other servers where there is a pool, under the names of its buckets.
func newCounter[K comparable](h *Handler, limit throttle.Limit, name func(K) string) counter[K] {
	if h.Pool == nil {
		own := &throttle.Buckets[K]{Limit: limit, Now: h.Now}
		return func(_ context.Context, key K, cost int) (time.Duration, bool, error) {
			wait, ok := own.Take(key, cost)
			return wait, ok, nil
		}
	}
	shared := &throttle.Shared[K]{Limit: limit, Now: h.Now}
	shared.Draw = func(ctx context.Context, key K, tokens, burst time.Duration) (time.Time, error) {
		return h.Pool.DrawTokens(ctx, name(key), tokens, burst)
	}
	return shared.Take
}

// throttled counts the call against its partner, and against the customer that its path names, if any. It answers 429 if
// either has had too many, and then says how long to wait for both.
// Partner Center docs: api-throttling-guidance, throttling per partner tenant and per partner and customer tenant.
func (h *Handler) throttled(w http.ResponseWriter, r *http.Request, partner csp.ID) error {
	if h.ThrottlePartner == (throttle.Limit{}) && h.ThrottleCustomer == (throttle.Limit{}) {
		return nil
	}
	cost := writeCost
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		cost = readCost
	}
	wait, ok, err := h.partnerCalls(r.Context(), partner, cost)
	if err != nil {
		return err
	}
	if customer, err := csp.ParseID(r.PathValue("customer")); err == nil {
		waitCustomer, okCustomer, err := h.customerCalls(r.Context(), ofPartner{partner, customer}, cost)
		if err != nil {
			return err
		}
		wait, ok = max(wait, waitCustomer), ok && okCustomer
	}
	if ok {
		return nil
	}
	return tooMany(w, wait)
}

// tooMany refuses a call that has to wait so long.
func tooMany(w http.ResponseWriter, wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second) // never 0: a refused call has to wait
	w.Header()["Retry-After"] = []string{strconv.Itoa(seconds)}
	return partnercenter.ErrThrottled.Withf("Rate limit is exceeded. Try again in %d seconds.", seconds)
}

// gatewayFault is a fault as the gateway before the service writes it: the body of a 429.
// Partner Center docs: api-throttling-guidance.
type gatewayFault struct {
	StatusCode int    `json:"statusCode"`
	Message    string `json:"message"`
}
